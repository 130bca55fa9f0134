import { describe, expect, it } from 'vitest';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { functionIndex } from '#trace/contract/units.ts';
import { describeFrame } from './describe-frame.ts';
import { computeFrameColor } from './frame-color.ts';

const compared = (before: number, after: number): FlameNode => ({
  kind: 'function',
  name: 'split',
  value: Math.max(before, after),
  self: 0,
  functionIndex: functionIndex(0),
  identity: { name: 'split', file: '/srv/log.py', firstLine: 3 },
  children: [],
  changes: { self: { before: 0, after: 0.05 }, total: { before, after } },
});

describe('a frame of a comparison', () => {
  it('has a colour that tells more from less, stronger the more of it is new or gone', () => {
    const colors = [
      compared(0, 0.1),
      compared(0.2, 0.4),
      compared(0.2, 0.21),
      compared(0.4, 0.2),
      compared(0.1, 0),
    ].map((node) => computeFrameColor(node, false));
    expect(colors).toEqual([
      'color-mix(in srgb, var(--bbp-flame-more) 100%, var(--bbp-flame-thread))',
      'color-mix(in srgb, var(--bbp-flame-more) 50%, var(--bbp-flame-thread))',
      'var(--bbp-flame-thread)',
      'color-mix(in srgb, var(--bbp-flame-less) 50%, var(--bbp-flame-thread))',
      'color-mix(in srgb, var(--bbp-flame-less) 100%, var(--bbp-flame-thread))',
    ]);
    expect(computeFrameColor(compared(0, 1), true)).toBe('var(--bbp-flame-match)');
  });

  it('is told with both sides and the difference', () => {
    const measure = { weightName: 'CPU time', whole: 0, direction: 'top-down' } as const;
    expect(describeFrame(compared(0.2, 0.65), measure)).toMatchObject({
      file: '/srv/log.py:3',
      total: 'grew, from 20 % to 65 % of the CPU time (+45 points)',
      self: 'itself from 0 % to 5.0 % (+5.0 points)',
    });
    expect(describeFrame(compared(0.3, 0), measure).total).toContain('removed, from 30 % to 0 %');
  });
});

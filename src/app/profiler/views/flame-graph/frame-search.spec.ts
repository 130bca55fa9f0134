import { describe, expect, it } from 'vitest';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { functionIndex } from '#trace/contract/units.ts';
import { layoutFlame } from './flame-layout.ts';
import { searchFrames } from './frame-search.ts';

const frame = (name: string, value: number, ...children: FlameNode[]): FlameNode => ({
  kind: 'function',
  name,
  value,
  self: 0,
  functionIndex: functionIndex(0),
  identity: { name, file: `/srv/${name.toLowerCase()}.py`, firstLine: 1 },
  children,
});
const layout = layoutFlame({
  kind: 'root',
  name: 'all',
  value: 100,
  self: 0,
  children: [frame('Run', 60, frame('Split', 30, frame('run', 10))), frame('poll', 40)],
});

describe('search in the flame graph', () => {
  it('finds part of a name in any case, and counts each stack once', () => {
    const found = searchFrames(layout, ' RUN ');
    expect(found?.matches.size).toBe(2);
    expect(found?.share).toBeCloseTo(0.6);
  });

  it('finds files too', () => {
    expect(searchFrames(layout, 'srv/poll')?.share).toBeCloseTo(0.4);
  });

  it('is none without a text, and finds none where nothing matches', () => {
    expect(searchFrames(layout, '  ')).toBeUndefined();
    expect(searchFrames(layout, 'zzz')).toEqual({ matches: new Set(), share: 0 });
  });
});

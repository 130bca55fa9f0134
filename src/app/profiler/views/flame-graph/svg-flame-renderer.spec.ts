import { expect, it } from 'vitest';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { functionIndex } from '#trace/contract/units.ts';
import { computeFrameColor } from './frame-color.ts';
import { layoutFlame } from './flame-layout.ts';
import { SvgFlameRenderer } from './svg-flame-renderer.ts';

const frame = (name: string, value: number): FlameNode => ({
  kind: 'function',
  name,
  value,
  self: value,
  functionIndex: functionIndex(0),
  identity: { name, file: 'a.py', firstLine: 1 },
  children: [],
});

it('has drawn every frame at its width and in its colour when it returns', () => {
  const host = document.createElement('div');
  const renderer = new SvgFlameRenderer(host);
  const root = { kind: 'root', name: 'all', value: 100, self: 0 } as const;
  const layout = layoutFlame({ ...root, children: [frame('a', 75), frame('b', 25)] });
  renderer.draw({ layout, width: 400, matches: undefined, selected: new Set() });
  const widths = [...host.querySelectorAll('g.frame')].map((group) => [
    group.getAttribute('name'),
    Math.round(Number(group.querySelector('rect')?.getAttribute('width'))),
  ]);
  expect(widths).toEqual([
    ['all', 400],
    ['a', 300],
    ['b', 100],
  ]);
  const fills = [...host.querySelectorAll('g.frame > rect')].map((rect) => rect.getAttribute('fill'));
  expect(fills).toEqual(layout.boxes.map(({ node }) => computeFrameColor(node, false)));
  renderer.destroy();
});

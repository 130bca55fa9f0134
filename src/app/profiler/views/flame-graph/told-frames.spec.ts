import { expect, it } from 'vitest';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { foldChains } from '#trace/analysis/folded-chains.ts';
import { threadIndex } from '#trace/contract/units.ts';
import { makeFrame } from '#trace/testing/flame-nodes.ts';
import { layoutFlame } from './flame-layout.ts';
import { MAX_TOLD_FRAMES, tellFrames } from './told-frames.ts';

const thread = (name: string, value: number, ...children: FlameNode[]): FlameNode => ({
  kind: 'thread',
  name,
  value,
  self: value - children.reduce((sum, child) => sum + child.value, 0),
  thread: threadIndex(0),
  children,
});
const tell = (...children: FlameNode[]) => {
  const layout = layoutFlame({ kind: 'root', name: 'all', value: 100, self: 0, children });
  return tellFrames(layout, 1000, { weightName: 'CPU time', whole: 200, direction: 'top-down' }).frames;
};

it('tells every frame that is drawn, with its share, each caller before its callees', () => {
  const told = tell(thread('a', 60, thread('b', 60)), thread('c', 39.99), thread('d', 0.01));
  expect(told.map(({ text, box, position, siblings }) => `${box.depth}: ${text} (${position} of ${siblings})`)).toEqual(
    [
      '0: all, 50 % of the CPU time, 100 µs, 0 % itself, 0 s (1 of 1)',
      '1: a, 30 % of the CPU time, 60 µs, 0 % itself, 0 s (1 of 2)',
      '2: b, 30 % of the CPU time, 60 µs, 30 % itself, 60 µs (1 of 1)',
      '1: c, 20 % of the CPU time, 40 µs, 20 % itself, 40 µs (2 of 2)',
    ],
  );
});

it('tells how many frames a folded chain has, and from where to where it goes', () => {
  const chain = makeFrame('run', 100, makeFrame('step', 100, makeFrame('parse', 100)));
  const root: FlameNode = { kind: 'root', name: 'all', value: 100, self: 0, children: [chain] };
  const layout = layoutFlame(foldChains(root, 'top-down'));
  const told = tellFrames(layout, 1000, { weightName: 'CPU time', whole: 200, direction: 'top-down' }).frames;
  expect(told[1]?.text).toBe('3 frames as one, run to parse, 50 % of the CPU time, 100 µs, 50 % itself, 100 µs');
});

it('leaves out the deepest of too many', () => {
  let stack = thread('deepest', 100);
  for (let depth = 0; depth < MAX_TOLD_FRAMES; depth++) stack = thread('call', 100, stack);
  const told = tell(stack);
  expect(told).toHaveLength(MAX_TOLD_FRAMES);
  expect(told.at(-1)?.box.node.name).toBe('call');
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeFrame } from '../testing/flame-nodes.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeComparedSide } from './compared-side.ts';
import { computeComparison } from './comparison.ts';
import { computeDifferenceTree } from './difference-tree.ts';
import { type DrawnNode, mergeSmaller, type FlameNode } from './flame-tree.ts';
import { foldChains, functionOf, linksOf, MAX_SHARE_INSIDE_CHAIN, unfoldChains } from './folded-chains.ts';

const rootOf = (...children: FlameNode[]): FlameNode => {
  const value = children.reduce((sum, child) => sum + child.value, 0);
  return { kind: 'root', name: 'all', value, self: 0, children };
};
const draw = (node: DrawnNode, depth = 0): string[] => [
  `${'  '.repeat(depth)}${node.name} ${node.value} ${node.self}`,
  ...node.children.flatMap((child) => draw(child, depth + 1)),
];
const listNodes = (node: DrawnNode): DrawnNode[] => [node, ...node.children.flatMap((child) => listNodes(child))];

interface DrawnFrame {
  readonly name: string;
  /** How many of the open frames are closed before it. */
  readonly closed: number;
  readonly own: number;
  readonly smaller: number;
}

/** Each frame below the one before it, or below a caller of that. */
const buildTree = (frames: readonly DrawnFrame[]): FlameNode => {
  const build = (first: number, end: number, depth: number): FlameNode[] => {
    const tops = depths.flatMap((at, index) => (index >= first && index < end && at === depth ? [index] : []));
    return tops.map((top, place) => {
      const { name, own, smaller } = frames[top]!;
      const below = build(top + 1, tops[place + 1] ?? end, depth + 1);
      const children = smaller === 0 ? below : [...below, mergeSmaller(1, smaller)];
      const value = children.reduce((sum, child) => sum + child.value, own);
      return makeFrame(name, value, ...children);
    });
  };
  const depths: number[] = [];
  for (const { closed } of frames) depths.push(Math.max(0, (depths.at(-1) ?? -1) + 1 - closed));
  return rootOf(...build(0, frames.length, 0));
};

/** Often with a single child that takes all or nearly all. */
const arbitraryTree = fc
  .array(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      closed: fc.constantFrom(0, 0, 0, 0, 1, 2),
      own: fc.constantFrom(0, 0, 1, 50),
      smaller: fc.constantFrom(0, 0, 0, 0, 1),
    }),
    { maxLength: 30 },
  )
  .map(buildTree);

describe('a folded chain', () => {
  it('goes from frame to frame while each has one below it and hardly anything of its own', () => {
    const fork = makeFrame('fork', 99, makeFrame('left', 60, makeFrame('leaf', 60)), makeFrame('right', 39));
    const tree = rootOf(makeFrame('main', 100, makeFrame('run', 100, makeFrame('call', 99, fork))));
    expect(draw(foldChains(tree, 'top-down'))).toEqual([
      'all 100 0',
      '  main › … › fork (4 frames) 100 1',
      '    left › leaf (2 frames) 60 60',
      '    right 39 39',
    ]);
    expect(draw(foldChains(tree, 'bottom-up'))[2]).toBe('    left ‹ leaf (2 frames) 60 60');
  });

  it('ends at a frame that takes something itself, and above one beside which smaller ones are left out', () => {
    const tree = rootOf(
      makeFrame('busy', 100, makeFrame('call', 98, makeFrame('leaf', 98))),
      makeFrame('many', 100, makeFrame('call', 99), mergeSmaller(3, 1)),
    );
    expect(draw(foldChains(tree, 'top-down'))).toEqual([
      'all 200 0',
      '  busy 100 2',
      '    call › leaf (2 frames) 98 98',
      '  many 100 0',
      '    call 99 99',
      '    3 smaller frames 1 1',
    ]);
  });

  it('does not leave out more than a hundredth, however long it is', () => {
    const chain = Array.from({ length: 50 }, (_, index) => 1000 - index).reduceRight<FlameNode[]>(
      (below, value) => [makeFrame(`f${value}`, value, ...below)],
      [],
    );
    const [first] = foldChains(rootOf(...chain), 'top-down').children;
    expect(first?.name).toBe('f1000 › … › f990 (11 frames)');
    expect(first?.children[0]?.name).toBe('f989 › … › f980 (10 frames)');
  });

  it('of a comparison has what its frames have on both sides', () => {
    const side = (drawing: string) => computeComparedSide(modelFromText(drawing), { weight: 'wall' });
    const comparison = computeComparison(
      side('main\n  1 running run > step > parse\n  3 running run > step > parse > split'),
      side('main\n  2 running run > step > parse\n  2 running run > step > parse > join'),
    );
    const [chain] = foldChains(computeDifferenceTree(comparison, 0), 'top-down').children;
    expect(chain).toMatchObject({
      name: 'run › … › parse (3 frames)',
      changes: { total: { before: 1, after: 1 }, self: { before: 0.25, after: 0.5 } },
    });
  });

  it('stands for the last of its functions', () => {
    const [chain] = foldChains(rootOf(makeFrame('a', 2, makeFrame('b', 2))), 'top-down').children;
    expect(functionOf(chain!)?.name).toBe('b');
    expect(linksOf(chain!).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(functionOf(rootOf())).toBeUndefined();
  });
});

describe('any tree', () => {
  it('weighs folded what it weighs, comes back as it was, and has no chain left to fold', () => {
    fc.assert(
      fc.property(arbitraryTree, (tree) => {
        const folded = foldChains(tree, 'top-down');
        expect(unfoldChains(folded)).toEqual(tree);
        const nodes = listNodes(folded);
        const selfOf = (all: readonly DrawnNode[]): number => all.reduce((sum, { self }) => sum + self, 0);
        expect(selfOf(nodes)).toBe(selfOf(listNodes(tree)));
        for (const node of nodes) {
          expect(node.children.reduce((sum, { value }) => sum + value, node.self)).toBe(node.value);
          const last = linksOf(node).at(-1);
          if (last === undefined) continue;
          expect(last.value).toBeGreaterThanOrEqual(node.value * (1 - MAX_SHARE_INSIDE_CHAIN));
          const [below] = node.children.length === 1 ? linksOf(node.children[0]!) : [];
          if (below !== undefined) expect(below.value).toBeLessThan(node.value * (1 - MAX_SHARE_INSIDE_CHAIN));
        }
      }),
    );
  });
});

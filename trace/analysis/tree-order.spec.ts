import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderTree } from './tree-order.ts';

const RANKS = 4;

/** Of each node a number that says its parent among those before it, or none, and its rank. */
const forests = fc.array(fc.record({ parent: fc.nat(), rank: fc.nat(RANKS - 1) }), { maxLength: 40 });

describe('orderTree', () => {
  it('is a walk depth first, siblings by rank and then by index', () => {
    fc.assert(
      fc.property(forests, (forest) => {
        const parents = Int32Array.from(forest, ({ parent }, node) => (parent % (node + 1)) - 1);
        const ranks = forest.map(({ rank }) => rank);
        const { nodes, positions, ends } = orderTree(forest.length, parents, (node) => ranks[node]!, RANKS);
        const walked = walk(parents, ranks);
        expect([...nodes]).toEqual(walked.nodes);
        expect([...ends]).toEqual(walked.ends);
        expect(Array.from(nodes, (node) => positions[node])).toEqual(walked.nodes.map((_, position) => position));
      }),
    );
  });

  it('looks at as many parents as there are nodes', () => {
    expect([...orderTree(2, Int32Array.of(-1, 0, 7, 7), () => 0, 1).nodes]).toEqual([0, 1]);
  });
});

const walk = (parents: Int32Array, ranks: readonly number[]): { nodes: number[]; ends: number[] } => {
  const nodes: number[] = [];
  const ends: number[] = [];
  const visit = (parent: number): void => {
    const children = [...parents.keys()].filter((node) => parents[node] === parent);
    for (const child of children.sort((a, b) => ranks[a]! - ranks[b]! || a - b)) {
      const position = nodes.push(child) - 1;
      visit(child);
      ends[position] = nodes.length;
    }
  };
  visit(-1);
  return { nodes, ends };
};

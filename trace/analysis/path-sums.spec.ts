import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layOutPaths } from './path-layout.ts';
import { PathSums } from './path-sums.ts';
import { PathWeights } from './path-weights.ts';

/** Paths, each below one before it or outermost, and what those that are weighed weigh. */
const arbitraryPaths = fc.integer({ min: 1, max: 300 }).chain((count) =>
  fc.record({
    parents: fc.tuple(...Array.from({ length: count }, (_, path) => fc.integer({ min: -1, max: path - 1 }))),
    weighed: fc.array(fc.tuple(fc.nat(count - 1), fc.integer({ min: 1, max: 1000 }))),
  }),
);

it('tells of each path what it weighs with all below it, for one group after the other', () => {
  fc.assert(
    fc.property(arbitraryPaths, ({ parents, weighed }) => {
      const count = parents.length;
      const paths = { count, functions: new Int32Array(count), parents: Int32Array.from(parents) };
      const { layout } = layOutPaths(paths, Int32Array.of(0));
      const weights = new PathWeights(count);
      const sums = new PathSums(layout);
      // The second group is the first without its last amount: nothing of the first may be left.
      for (const group of [weighed, weighed.slice(0, -1)]) {
        const totals = new Array<number>(count).fill(0);
        for (const [path, amount] of group) {
          weights.add(path, amount);
          for (let at = path; at >= 0; at = layout.parents[at]!) totals[at]! += amount;
        }
        sums.take(weights);
        expect(Array.from(totals, (_, position) => sums.totalOf(position))).toEqual(totals);
        expect(sums.whole).toBe(group.reduce((sum, [, amount]) => sum + amount, 0));
        weights.clear();
      }
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DispatchMark } from '../contract/dispatch-mark.ts';
import { GilState, ThreadState } from '../contract/thread-state.ts';
import type { TraceLine } from '../contract/trace-lines.ts';
import { microseconds, type Microseconds } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { arbitraryTrace } from '../testing/arbitrary-trace.ts';
import { naivePathTotals, treePathTotals, type PathTotals } from '../testing/naive-tree.ts';
import { emptyChunk, modelOf, testHeader, TEST_PERIOD_MICROSECONDS } from '../testing/trace-from-text.ts';
import { computeCallTree } from './call-tree.ts';
import { orderCallPaths } from './call-path-order.ts';
import { PathWeights } from './path-weights.ts';
import { prepareRanges } from './thread-weights.ts';
import { BLOCKS_PER_BLOCK, CHUNKS_PER_BLOCK, WeightIndex } from './weight-index.ts';

const TICKS_PER_CHUNK = 3;
const STACKS = 40;
/** Blocks of three lengths, some left over at each. */
const CHUNKS = CHUNKS_PER_BLOCK * (BLOCKS_PER_BLOCK ** 2 + 2 * BLOCKS_PER_BLOCK + 3) + 5;

/** Two threads whose stacks come from a chain of 40 functions, each with two callees; sums of its CPU times are exact in any order. */
const longTrace = (chunkCount: number): TraceLine[] => [
  testHeader(),
  ...Array.from({ length: chunkCount }, (_, sequence): TraceLine => {
    const isFirst = sequence === 0;
    const names = Array.from({ length: STACKS }, (_stack, index) => index);
    const run = (thread: number, factor: number) => ({
      thread,
      cpu: microseconds(((sequence * 7) % 5) * 1024),
      ticks: [1, 2],
      stacks: [(sequence * factor) % STACKS, sequence % 11 === 0 ? -1 : (sequence * factor * 3 + 1) % STACKS],
      states: [ThreadState.running, sequence % 3 === 0 ? ThreadState.idle : ThreadState.waiting],
      gil: [GilState.holds, GilState.neither],
      dispatches: [DispatchMark.none, DispatchMark.none],
    });
    return {
      ...emptyChunk(sequence),
      strings: isFirst ? [...names.map((name) => `f${name}`), 'app.py'] : [],
      functions: isFirst
        ? { names, files: names.map(() => STACKS), firstLines: names }
        : { names: [], files: [], firstLines: [] },
      frames: isFirst ? { functions: names, lines: names } : { functions: [], lines: [] },
      stacks: isFirst
        ? { parents: names.map((name) => (name === 0 ? -1 : (name - 1) >> 1)), frames: names }
        : { parents: [], frames: [] },
      threads: isFirst
        ? [0, 1].map((thread) => ({
            thread,
            nativeId: 0,
            name: `t${thread}`,
            isNameTruncated: false,
            isMain: thread === 0,
          }))
        : [],
      ticks: [
        sequence * TICKS_PER_CHUNK * TEST_PERIOD_MICROSECONDS,
        TEST_PERIOD_MICROSECONDS,
        TEST_PERIOD_MICROSECONDS,
      ],
      // The second thread comes and goes.
      runs: sequence % 200 < 100 ? [run(0, 1), run(1, 5)] : [run(0, 1)],
    };
  }),
];

const totalsOf = (model: TraceModel, weight: 'wall' | 'cpu', start?: Microseconds, end?: Microseconds): PathTotals => {
  const range = start === undefined || end === undefined ? undefined : { start, end };
  return treePathTotals(model, computeCallTree(model, { weight, range }));
};

describe('a call tree out of an index of blocks', () => {
  const model = modelOf(longTrace(CHUNKS));

  it.each(['wall', 'cpu'] as const)('is exactly the tree tick by tick, for any range, in %s', (weight) => {
    // From the second time on there is an index.
    totalsOf(model, weight);
    fc.assert(
      fc.property(fc.nat(model.duration), fc.nat(model.duration), (one, other) => {
        const [start, end] = [microseconds(Math.min(one, other)), microseconds(Math.max(one, other))];
        expect(totalsOf(model, weight, start, end)).toEqual(naivePathTotals(model, weight, { start, end }));
      }),
      { numRuns: 20, examples: [[0, model.duration]] },
    );
  });

  it('takes in what was recorded since', () => {
    const lines = longTrace(CHUNKS);
    const growing = modelOf(lines.slice(0, CHUNKS_PER_BLOCK + 2));
    for (const line of lines.slice(CHUNKS_PER_BLOCK + 2, 6 * CHUNKS_PER_BLOCK)) {
      growing.append(line);
      if (growing.runs.chunkCount % 17 !== 0) continue;
      expect(totalsOf(growing, 'wall')).toEqual(naivePathTotals(growing, 'wall'));
    }
  });

  it('does not mix up two weights asked for by turns', () => {
    for (const weight of ['wall', 'cpu', 'wall', 'wall', 'cpu', 'cpu'] as const)
      expect(totalsOf(model, weight)).toEqual(naivePathTotals(model, weight));
  });

  it('may be made before anything is asked, once for each weight and all ranges', () => {
    const prepared = modelOf(longTrace(CHUNKS));
    const index = prepareRanges(prepared, { weight: 'cpu' });
    expect(index?.chunkCount).toBe(CHUNKS - (CHUNKS % CHUNKS_PER_BLOCK));
    const range = { start: microseconds(prepared.duration / 8), end: microseconds(prepared.duration / 2) };
    expect(totalsOf(prepared, 'cpu', range.start, range.end)).toEqual(naivePathTotals(prepared, 'cpu', range));
    expect(prepareRanges(prepared, { weight: 'cpu' })).toBe(index);
    expect(prepareRanges(prepared, { weight: 'wall' })).not.toBe(index);
    expect(prepareRanges(modelOf(longTrace(CHUNKS_PER_BLOCK - 1)), { weight: 'cpu' })).toBeUndefined();
  });

  it('knows whole blocks alone, of chunks and of blocks', () => {
    const order = orderCallPaths(model);
    const index = new WeightIndex(model, { weight: 'wall' }, order);
    expect(index.chunkCount).toBe(CHUNKS - (CHUNKS % CHUNKS_PER_BLOCK));
    const weights = new PathWeights(order.count);
    expect(index.add(0, 0, 0, weights)).toBe(0);
    expect(weights.presentCount).toBe(0);
    // Of the 32 first chunks, 11 are idle with their second run and 3 have no stack there, of which one is idle.
    expect(index.add(0, 0, CHUNKS_PER_BLOCK, weights)).toBe(2 * 2);
    expect(weights.amounts.reduce((sum, amount) => sum + amount, 0)).toBe(32 + 2 * (32 - 11 - 2));
  });
});

describe('a call tree', () => {
  it('is the tree tick by tick, of any trace and range', () => {
    fc.assert(
      fc.property(
        arbitraryTrace(),
        fc.constantFrom('wall', 'cpu'),
        fc.nat(100_000),
        fc.nat(100_000),
        (trace, weight, one, other) => {
          const model = modelOf(trace);
          const range = { start: microseconds(Math.min(one, other)), end: microseconds(Math.max(one, other)) };
          const tree = treePathTotals(model, computeCallTree(model, { weight, range }));
          const naive = naivePathTotals(model, weight, range);
          expect([...tree.keys()].sort()).toEqual([...naive.keys()].sort());
          for (const [path, { self, total }] of naive) {
            expect(tree.get(path)!.self).toBeCloseTo(self, 5);
            expect(tree.get(path)!.total).toBeCloseTo(total, 5);
          }
        },
      ),
    );
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { computeCallTree, ROOT_NODE } from '#trace/analysis/call-tree.ts';
import { decodeLine, encodeLine } from '#trace/contract/codec.ts';
import { threadIndex } from '#trace/contract/units.ts';
import { TraceModel } from '#trace/model/trace-model.ts';
import { GeneratedTrace, type TraceTotals } from './generated-trace.ts';
import { loadFixture } from './trace-files.ts';

const SIZE = { samples: 20_000, chains: 1500 };

describe('a generated trace', () => {
  const model = new TraceModel();
  let totals: TraceTotals;

  beforeAll(async () => {
    const trace = new GeneratedTrace(await loadFixture(), SIZE);
    for (const line of trace.lines()) model.append(decodeLine(encodeLine(line)));
    totals = trace.totals;
  });

  it('has the samples asked for, and the totals it tells', () => {
    expect(totals.samples).toBe(SIZE.samples);
    expect(totals.ticks).toBe(model.tickCount);
    expect(computeCallTree(model, { weight: 'wall' }).total[ROOT_NODE]).toBe(totals.wallMicroseconds);
    const main = computeCallTree(model, { weight: 'wall', threads: [threadIndex(0)] });
    expect(main.total[ROOT_NODE]).toBe(totals.mainWallMicroseconds);
    expect(model.end?.reason).toBe('stopped');
  });

  it('has as many different stacks as asked for', () => {
    const { values, length } = model.runs.stacks;
    const stacks = new Set(values.subarray(0, length));
    stacks.delete(-1);
    expect(stacks.size).toBe(SIZE.chains);
  });

  it('is made of real calls alone', async () => {
    const real = listCalls(await loadFixture());
    const made = listCalls(model);
    expect(made.size).toBeGreaterThan(500);
    expect([...made].filter((call) => !real.has(call))).toEqual([]);
  });

  it('is the same each time', async () => {
    const source = await loadFixture();
    const write = (): string[] =>
      Array.from(new GeneratedTrace(source, { samples: 100, chains: 20 }).lines(), encodeLine);
    expect(write()).toEqual(write());
  });
});

const listCalls = (model: TraceModel): Set<string> => {
  const { pathParents, pathFunctions, pathCount } = model.stacks;
  const name = (path: number): string => model.functionName(pathFunctions.values[path] as never);
  return new Set(
    Array.from({ length: pathCount }, (_, path) => path)
      .filter((path) => pathParents.values[path]! >= 0)
      .map((path) => `${name(pathParents.values[path]!)} calls ${name(path)}`),
  );
};

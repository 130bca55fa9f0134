import path from 'node:path';
import { computeCallTree } from '#trace/analysis/call-tree.ts';
import { computeFunctions } from '#trace/analysis/function-weights.ts';
import type { Weight } from '#trace/analysis/selection.ts';
import { threadIndex } from '#trace/contract/units.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import { loadModel } from './processes/load-model.ts';
import { runBbprofiler } from './processes/profiler-server.ts';
import { readWithSpeedscope, type ReadProfile } from './processes/speedscope.ts';
import { expect, test } from './profiler-test.ts';

const MICROSECONDS_OF_UNIT: Readonly<Record<string, number>> = {
  nanoseconds: 1e-3,
  microseconds: 1,
  milliseconds: 1e3,
  none: 1,
};

interface Weights {
  self: number;
  total: number;
}

/**
 * Sums of floating-point numbers in another order differ in their last digits: by less than this, in microseconds, a
 * thousandth of the recording's own unit at most.
 */
const SAME_WITHIN = 0.001;

/** Weights in microseconds by `function file`: functions of one name in one file are one, other formats know no more. */
class WeightTable {
  readonly #rows = new Map<string, Weights>();

  add(name: string, self: number, total: number): void {
    const row = this.#rows.get(name);
    if (row === undefined) this.#rows.set(name, { self, total });
    else {
      row.self += self;
      row.total += total;
    }
  }

  /** The functions that weigh something. */
  names(): string[] {
    return Array.from(this.#rows)
      .filter(([, { total }]) => total > SAME_WITHIN)
      .map(([name]) => name)
      .sort();
  }

  /** Where it says something else than `other`, a line each. */
  differences(other: WeightTable): string[] {
    return this.names().flatMap((name) => {
      const [ours, theirs] = [this.#of(name), other.#of(name)];
      const same = Math.abs(ours.self - theirs.self) < SAME_WITHIN && Math.abs(ours.total - theirs.total) < SAME_WITHIN;
      return same ? [] : [`${name}: ${ours.self} of ${ours.total}, not ${theirs.self} of ${theirs.total}`];
    });
  }

  #of(name: string): Weights {
    return this.#rows.get(name) ?? { self: 0, total: 0 };
  }
}

/** Of one thread or of all. */
const ourWeights = (model: TraceModel, weight: Weight, thread?: number): WeightTable => {
  const table = new WeightTable();
  const tree = computeCallTree(model, { weight, ...(thread === undefined ? {} : { threads: [threadIndex(thread)] }) });
  for (const { functionIndex, self, total } of computeFunctions(tree)) {
    table.add(`${model.functionName(functionIndex)} ${model.functionFile(functionIndex)}`, self, total);
  }
  return table;
};

const theirWeights = (profiles: readonly ReadProfile[]): WeightTable => {
  const table = new WeightTable();
  for (const { unit, stacks } of profiles) {
    for (const { functions, weight } of stacks) {
      const microseconds = weight * MICROSECONDS_OF_UNIT[unit]!;
      // What we write where a thread had no stack is no function.
      const called = functions.filter((name) => !name.startsWith('(no stack) '));
      new Set(called).forEach((name) => table.add(name, 0, microseconds));
      if (called.length > 0) table.add(called.at(-1)!, microseconds, 0);
    }
  }
  return table;
};

// It draws with WebGL, which here only software has.
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const args = (launchOptions.args ?? []).filter((arg) => arg !== '--disable-gpu');
    await use({ ...launchOptions, args: [...args, '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });
  },
});

test.describe('speedscope from npm has the same totals per function as we', () => {
  for (const [format, suffix, weight] of [
    ['speedscope', 'speedscope.json', 'wall'],
    ['speedscope', 'speedscope.json', 'cpu'],
    ['pprof', 'pb.gz', 'wall'],
    ['cpuprofile', 'cpuprofile', 'wall'],
  ] as const) {
    test(`of a recording as ${format}, ${weight}`, async ({ demoTrace, folder, page }) => {
      const file = path.join(folder, `demo.${suffix}`);
      const args = ['convert', demoTrace, '--to', format, '--weight', weight, '--output', file];
      await runBbprofiler(...args);
      const model = await loadModel(demoTrace);
      const main = model.threads.findIndex(({ isMain }) => isMain);
      const ours = ourWeights(model, weight, format === 'cpuprofile' ? main : undefined);
      expect(ours.names().length).toBeGreaterThan(10);
      const theirs = theirWeights(await readWithSpeedscope(page, file, folder));
      expect(theirs.names()).toEqual(ours.names());
      expect(theirs.differences(ours)).toEqual([]);
    });
  }
});

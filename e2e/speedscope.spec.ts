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

/** `function file: self of total` in whole microseconds, of one thread or of all. */
const ourTotals = (model: TraceModel, weight: Weight, thread?: number): string[] =>
  computeFunctions(
    computeCallTree(model, { weight, ...(thread === undefined ? {} : { threads: [threadIndex(thread)] }) }),
  )
    .map(
      ({ functionIndex, self, total }) =>
        [`${model.functionName(functionIndex)} ${model.functionFile(functionIndex)}`, self, total] as const,
    )
    .reduce(addRow, new TotalRows())
    .lines();

/** Functions of one name in one file are one row: other formats know no more of them. */
class TotalRows {
  readonly rows = new Map<string, { self: number; total: number }>();

  lines(): string[] {
    return Array.from(this.rows)
      .filter(([, { total }]) => Math.round(total) > 0)
      .map(([name, { self, total }]) => `${name}: ${self.toFixed(0)} of ${total.toFixed(0)}`)
      .sort();
  }
}

const addRow = (rows: TotalRows, [name, self, total]: readonly [string, number, number]): TotalRows => {
  const row = rows.rows.get(name) ?? { self: 0, total: 0 };
  rows.rows.set(name, { self: row.self + self, total: row.total + total });
  return rows;
};

const theirTotals = (profiles: readonly ReadProfile[]): string[] => {
  const rows = new TotalRows();
  for (const { unit, stacks } of profiles) {
    for (const { functions, weight } of stacks) {
      const microseconds = weight * MICROSECONDS_OF_UNIT[unit]!;
      new Set(functions).forEach((name) => addRow(rows, [name, 0, microseconds]));
      if (functions.length > 0) addRow(rows, [functions.at(-1)!, microseconds, 0]);
    }
  }
  return rows.lines().filter((line) => !line.startsWith('(no stack) '));
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
      const ours = ourTotals(model, weight, format === 'cpuprofile' ? main : undefined);
      expect(ours.length).toBeGreaterThan(10);
      expect(theirTotals(await readWithSpeedscope(page, file, folder))).toEqual(ours);
    });
  }
});

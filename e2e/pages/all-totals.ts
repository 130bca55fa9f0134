/** Every function's self and total, in each weight that a recording can be looked at by. */
import { expect } from '@playwright/test';
import type { FunctionTotals, ProfilerPage, WeightName } from './profiler-page.ts';

type Totals = ReadonlyMap<string, FunctionTotals>;

/** Leaves the page in its flame graph, by the first of these weights. */
export const readAllTotals = async (profiler: ProfilerPage): Promise<Readonly<Record<WeightName, Totals>>> => {
  await profiler.showFunctions();
  const read = async (weight: WeightName): Promise<Totals> => {
    await profiler.chooseWeight(weight);
    const totals = await profiler.readFunctionTotals();
    expect(sumOfSelf(totals), `no function has any ${weight} time`).toBeGreaterThan(0);
    return totals;
  };
  const GIL = await read('GIL');
  const CPU = await read('CPU');
  const Wall = await read('Wall');
  await profiler.showFlameGraph();
  return { GIL, CPU, Wall };
};

const sumOfSelf = (totals: Totals): number => [...totals.values()].reduce((sum, { self }) => sum + self, 0);

import { isLost, ThreadState } from '../contract/thread-state.ts';
import { frameIndex, functionIndex, type FunctionIndex } from '../contract/units.ts';
import { NONE, type CallTree } from '../analysis/call-tree.ts';
import type { TimeRange } from '../analysis/selection.ts';
import type { TraceModel } from '../model/trace-model.ts';

/** Self and total in microseconds of each call path of a thread, as `thread: outermost > innermost`. */
export type PathTotals = Map<string, { self: number; total: number }>;

/** Makes the functions of a stack, from the outermost in, those that are shown; absent where the stack is not. */
export type StackView = (functions: readonly FunctionIndex[]) => readonly FunctionIndex[] | undefined;

/** What a call tree has to be, as slowly as can be: tick by tick, by names. Wall time or CPU time, idle left out. */
export const naivePathTotals = (
  model: TraceModel,
  weight: 'wall' | 'cpu',
  range?: TimeRange,
  view: StackView = (functions) => functions,
): PathTotals => {
  const totals: PathTotals = new Map();
  for (const { thread, functions, amount } of naiveTicks(model, weight, range, view)) {
    const names = functions.map((index) => nameFunction(model, index));
    addTick(totals, [`thread ${thread}`, ...names], amount);
  }
  return totals;
};

export interface NaiveTick {
  readonly thread: number;
  /** From the outermost in. */
  readonly functions: readonly FunctionIndex[];
  readonly amount: number;
}

/** Each tick of each thread that weighs anything. */
export function* naiveTicks(
  model: TraceModel,
  weight: 'wall' | 'cpu',
  range?: TimeRange,
  view: StackView = (functions) => functions,
): Generator<NaiveTick, void> {
  const { runs } = model;
  for (let stretch = 0; stretch < runs.stretchCount; stretch++) {
    let tick = runs.stretchFirstTicks.values[stretch]!;
    for (let run = runs.stretchFirstRuns.values[stretch]!; run < runs.stretchRunEnd(stretch); run++) {
      for (const end = tick + runs.ticks.values[run]!; tick < end; tick++) {
        const time = model.ticks.values[tick]!;
        if (range !== undefined && (time < range.start || time >= range.end)) continue;
        const amount = weighTick(model, weight, stretch, run);
        const functions = view(listFunctions(model, run));
        if (amount > 0 && functions !== undefined)
          yield { thread: runs.stretchThreads.values[stretch]!, functions, amount };
      }
    }
  }
}

const weighTick = ({ runs, period }: TraceModel, weight: 'wall' | 'cpu', stretch: number, run: number): number => {
  const state = runs.states.values[run] as ThreadState;
  if (weight === 'cpu') return state === ThreadState.running ? runs.stretchCpuPerTick.values[stretch]! : 0;
  return state === ThreadState.absent || state === ThreadState.idle || isLost(state) ? 0 : period;
};

/** From the outermost in. */
const listFunctions = (model: TraceModel, run: number): FunctionIndex[] => {
  const functions: FunctionIndex[] = [];
  for (let stack = model.runs.stacks.values[run]!; stack >= 0; stack = model.stacks.parents.values[stack]!)
    functions.unshift(model.frameFunction(frameIndex(model.stacks.frames.values[stack]!)));
  return functions;
};

const nameFunction = (model: TraceModel, index: number): string =>
  `${model.functionName(functionIndex(index))} ${index}`;

const addTick = (totals: PathTotals, names: readonly string[], amount: number): void => {
  for (let depth = 1; depth <= names.length; depth++) {
    const path = names.slice(0, depth).join(' > ');
    const row = totals.get(path) ?? { self: 0, total: 0 };
    row.total += amount;
    if (depth === names.length) row.self += amount;
    totals.set(path, row);
  }
};

/** The same of a call tree with threads. */
export const treePathTotals = (model: TraceModel, tree: CallTree): PathTotals => {
  const totals: PathTotals = new Map();
  const paths: string[] = [''];
  for (let node = 1; node < tree.nodeCount; node++) {
    const [called, parent] = [tree.functions[node]!, paths[tree.parents[node]!]!];
    paths[node] = called === NONE ? `thread ${tree.threads[node]!}` : `${parent} > ${nameFunction(model, called)}`;
    totals.set(paths[node]!, { self: tree.self[node]!, total: tree.total[node]! });
  }
  return totals;
};

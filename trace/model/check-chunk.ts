import { isDispatchMark } from '../contract/dispatch-mark.ts';
import { badTrace } from '../contract/field-decoder.ts';
import { isGilState, isThreadState } from '../contract/thread-state.ts';
import {
  MAX_COUNTERS,
  MAX_EVENTS,
  MAX_FRAMES,
  MAX_FUNCTIONS,
  MAX_NUMBER,
  MAX_RUNS,
  MAX_STACK_DEPTH,
  MAX_STACKS,
  MAX_STRETCHES,
  MAX_STRING_UNITS,
  MAX_STRINGS,
  MAX_THREADS,
  MAX_TICKS,
} from '../contract/trace-limits.ts';
import type { StackColumns, ThreadRow, ThreadRuns, TraceChunk } from '../contract/trace-lines.ts';
import type { ColumnView } from './column.ts';

/** The tables as they are before a chunk: all that the check of a chunk needs to know of them. */
export interface TableSizes {
  readonly strings: number;
  /** UTF-16 units of all strings. */
  readonly stringUnits: number;
  readonly functions: number;
  readonly frames: number;
  readonly stackDepths: ColumnView<Int32Array>;
  readonly threads: number;
  readonly ticks: number;
  readonly lastTick: number;
  readonly stretches: number;
  readonly runs: number;
  readonly counters: number;
  readonly lastCounter: number;
  readonly events: number;
}

/** The caps of a whole trace, so that tests can reach them with small traces. */
export const TRACE_CAPS = {
  strings: MAX_STRINGS,
  stringUnits: MAX_STRING_UNITS,
  functions: MAX_FUNCTIONS,
  frames: MAX_FRAMES,
  stacks: MAX_STACKS,
  stackDepth: MAX_STACK_DEPTH,
  threads: MAX_THREADS,
  ticks: MAX_TICKS,
  stretches: MAX_STRETCHES,
  runs: MAX_RUNS,
  counters: MAX_COUNTERS,
  events: MAX_EVENTS,
} as const;
export type TraceCaps = Readonly<Record<keyof typeof TRACE_CAPS, number>>;

/**
 * Checks a chunk against the tables so far: columns of equal length, indexes in range, parents before children, runs that cover every
 * tick, times that do not run backwards, and the caps of a whole trace. After it, appending the chunk cannot fail.
 */
export const checkChunk = (chunk: TraceChunk, sizes: TableSizes, caps: TraceCaps = TRACE_CAPS): void => {
  const { functions, frames, stacks } = chunk;
  const strings = countWithin(caps, 'strings', sizes.strings + chunk.strings.length);
  countWithin(caps, 'stringUnits', sizes.stringUnits + totalLength(chunk.strings));

  const functionCount = countWithin(caps, 'functions', sizes.functions + functions.names.length);
  checkEqualLengths('functions', [functions.names, functions.files, functions.firstLines]);
  checkIndexes('functions.names', functions.names, 0, strings);
  checkIndexes('functions.files', functions.files, 0, strings);

  const frameCount = countWithin(caps, 'frames', sizes.frames + frames.functions.length);
  checkEqualLengths('frames', [frames.functions, frames.lines]);
  checkIndexes('frames.functions', frames.functions, 0, functionCount);

  const stackCount = countWithin(caps, 'stacks', sizes.stackDepths.length + stacks.parents.length);
  checkEqualLengths('stacks', [stacks.parents, stacks.frames]);
  checkIndexes('stacks.frames', stacks.frames, 0, frameCount);
  checkParents(stacks, sizes.stackDepths, caps.stackDepth);

  const threadCount = countWithin(caps, 'threads', checkThreads(chunk.threads, sizes.threads));
  countWithin(caps, 'ticks', sizes.ticks + chunk.ticks.length);
  checkTicks(chunk.ticks, sizes.lastTick);
  countWithin(caps, 'stretches', sizes.stretches + chunk.runs.length);
  countWithin(caps, 'runs', sizes.runs + chunk.runs.reduce((sum, { ticks }) => sum + ticks.length, 0));
  checkRuns(chunk.runs, chunk.ticks.length, threadCount, stackCount);

  if (chunk.givenUp !== undefined) {
    const { functions: leaves, stacks: counts } = chunk.givenUp;
    checkEqualLengths('givenUp', [leaves, counts]);
    checkIndexes('givenUp.functions', leaves, 0, functionCount);
  }
  if (chunk.slowTicks !== undefined) {
    const { ticks, spans } = chunk.slowTicks;
    checkEqualLengths('slowTicks', [ticks, spans]);
    ticks.forEach((tick, row) =>
      checkIndexes('slowTicks.ticks', [tick], (ticks[row - 1] ?? -1) + 1, chunk.ticks.length),
    );
  }

  countWithin(caps, 'counters', sizes.counters + chunk.counters.length);
  chunk.counters.reduce((last, { at }) => timeAfter('counters', last, at), sizes.lastCounter);
  countWithin(caps, 'events', sizes.events + chunk.events.length);
};

const countWithin = (caps: TraceCaps, table: keyof TraceCaps, count: number): number => {
  if (count > caps[table]) {
    throw badTrace(`The trace has more than ${caps[table]} ${table}`, { table, cap: caps[table] });
  }
  return count;
};

const totalLength = (strings: readonly string[]): number => strings.reduce((sum, { length }) => sum + length, 0);

const checkEqualLengths = (table: string, columns: readonly (readonly number[])[]): void => {
  if (columns.some((column) => column.length !== columns[0]!.length)) {
    throw badTrace(`The columns of ${table} have different lengths`, { table });
  }
};

const checkIndexes = (column: string, indexes: readonly number[], min: number, end: number): void => {
  for (const index of indexes) {
    if (!Number.isInteger(index) || index < min || index >= end) {
      throw badTrace(`${column} names row ${index} of ${end}`, { column, index });
    }
  }
};

const checkParents = ({ parents }: StackColumns, depths: ColumnView<Int32Array>, maxDepth: number): void => {
  const newDepths = new Int32Array(parents.length);
  for (let row = 0; row < parents.length; row++) {
    const parent = parents[row]!;
    const index = depths.length + row;
    if (!Number.isInteger(parent) || parent < -1 || parent >= index) {
      throw badTrace(`Stack ${index} has parent ${parent}, which does not come before it`, { stack: index, parent });
    }
    const parentDepth =
      parent === -1 ? 0 : parent < depths.length ? depths.values[parent]! : newDepths[parent - depths.length]!;
    if (parentDepth >= maxDepth) {
      throw badTrace(`Stack ${index} is deeper than ${maxDepth} frames`, { stack: index, cap: maxDepth });
    }
    newDepths[row] = parentDepth + 1;
  }
};

/** @returns the number of threads after the chunk. */
const checkThreads = (rows: readonly ThreadRow[], known: number): number => {
  let count = known;
  for (const { thread } of rows) {
    if (!Number.isInteger(thread) || thread < 0 || thread > count) {
      throw badTrace(`threads describes thread ${thread} where ${count} would be next`, { thread });
    }
    count = Math.max(count, thread + 1);
  }
  return count;
};

const timeAfter = (column: string, last: number, time: number): number => {
  if (!(time >= last && time <= MAX_NUMBER)) {
    throw badTrace(`The times of ${column} run backwards or out of range, from ${last} to ${time}`, { column });
  }
  return time;
};

const checkTicks = (ticks: readonly number[], lastTick: number): void => {
  let time = 0;
  for (let tick = 0; tick < ticks.length; tick++) {
    time = timeAfter('ticks', tick === 0 ? lastTick : time, time + ticks[tick]!);
  }
};

const checkRuns = (runs: readonly ThreadRuns[], tickCount: number, threadCount: number, stackCount: number): void => {
  const seen = new Set<number>();
  for (const { thread, cpu, ticks, stacks, states, gil, dispatches } of runs) {
    checkIndexes('runs.thread', [thread], 0, threadCount);
    if (seen.has(thread)) {
      throw badTrace(`Thread ${thread} has runs twice in one chunk`, { thread });
    }
    seen.add(thread);
    if (!(cpu >= 0 && cpu <= MAX_NUMBER)) {
      throw badTrace(`Thread ${thread} has a CPU time of ${cpu}`, { thread });
    }
    checkEqualLengths('runs', [ticks, stacks, states, gil, ...(dispatches === undefined ? [] : [dispatches])]);
    checkIndexes('runs.ticks', ticks, 1, tickCount + 1);
    checkIndexes('runs.stacks', stacks, -1, stackCount);
    let covered = 0;
    for (let run = 0; run < ticks.length; run++) {
      if (
        !isThreadState(states[run]!) ||
        !isGilState(gil[run]!) ||
        (dispatches !== undefined && !isDispatchMark(dispatches[run]!))
      ) {
        throw badTrace(`Thread ${thread} has a run in an unknown state`, { thread });
      }
      covered += ticks[run]!;
    }
    if (covered !== tickCount) {
      throw badTrace(`The runs of thread ${thread} cover ${covered} of the chunk's ${tickCount} ticks`, { thread });
    }
  }
};

import { DispatchMark } from './dispatch-mark.ts';
import type { FieldDecoder } from './field-decoder.ts';
import { GilState, ThreadState } from './thread-state.ts';
import {
  MAX_COUNTERS_PER_CHUNK,
  MAX_EVENTS_PER_CHUNK,
  MAX_FRAMES,
  MAX_FUNCTIONS,
  MAX_NUMBER,
  MAX_ROWS_PER_CHUNK,
  MAX_STACKS,
  MAX_STRINGS,
  MAX_THREADS,
  MAX_TICKS_PER_CHUNK,
} from './trace-limits.ts';
import {
  BUILD_RESULTS,
  type CounterRow,
  type GivenUpColumns,
  type LossCounts,
  type SlowTickColumns,
  type ThreadRow,
  type ThreadRuns,
  type TraceChunk,
  type TraceEvent,
} from './trace-lines.ts';
import { microseconds } from './units.ts';

/** Line numbers fit an int32 column; CPython's own are C ints. */
const MAX_LINE_NUMBER = 2 ** 31 - 1;
const LAST_STATE = Math.max(...Object.values(ThreadState));
const LAST_DISPATCH_MARK = Math.max(...Object.values(DispatchMark));
const LAST_GIL_STATE = Math.max(...Object.values(GilState));

export type CounterField = Exclude<keyof CounterRow, 'at'>;

/** The largest value of each counter. */
const COUNTER_LIMITS: Readonly<Record<CounterField, number>> = {
  targetUserCpu: MAX_NUMBER,
  targetSystemCpu: MAX_NUMBER,
  targetResident: MAX_NUMBER,
  targetThreads: MAX_NUMBER,
  targetVoluntarySwitches: MAX_NUMBER,
  targetInvoluntarySwitches: MAX_NUMBER,
  machineBusyCpu: MAX_NUMBER,
  machineTotalCpu: MAX_NUMBER,
  machineMemoryUsed: MAX_NUMBER,
  machineMemoryTotal: MAX_NUMBER,
  cgroupMemoryLimit: MAX_NUMBER,
  cgroupThrottled: MAX_NUMBER,
  samplerCpu: MAX_NUMBER,
  reactorLoad: 1,
  gilHeld: 1,
};
export const COUNTER_FIELDS = Object.keys(COUNTER_LIMITS) as readonly CounterField[];

export const LOSS_FIELDS = [
  'ticksAsked',
  'ticksTaken',
  'ticksLate',
  'ticksLeftOut',
  'stacksRetried',
  'stacksTorn',
  'stacksUnreadable',
] as const satisfies readonly (keyof LossCounts)[];

const decodeThread = (fields: FieldDecoder): ThreadRow => ({
  thread: fields.wholeNumber('thread', 0, MAX_THREADS - 1),
  nativeId: fields.wholeNumber('nativeId'),
  name: fields.text('name'),
  isNameTruncated: fields.flag('isNameTruncated'),
  isMain: fields.flag('isMain'),
});

const decodeRuns = (fields: FieldDecoder): ThreadRuns => ({
  thread: fields.wholeNumber('thread', 0, MAX_THREADS - 1),
  cpu: microseconds(fields.number('cpu')),
  ticks: fields.wholeNumbers('ticks', MAX_TICKS_PER_CHUNK, 1, MAX_TICKS_PER_CHUNK),
  stacks: fields.wholeNumbers('stacks', MAX_TICKS_PER_CHUNK, -1, MAX_STACKS - 1),
  states: fields.wholeNumbers('states', MAX_TICKS_PER_CHUNK, 0, LAST_STATE),
  gil: fields.wholeNumbers('gil', MAX_TICKS_PER_CHUNK, 0, LAST_GIL_STATE),
  ...(fields.has('dispatches')
    ? { dispatches: fields.wholeNumbers('dispatches', MAX_TICKS_PER_CHUNK, 0, LAST_DISPATCH_MARK) }
    : {}),
});

const decodeCounters = (fields: FieldDecoder): CounterRow => {
  const row: Record<string, number> = { at: fields.number('at') };
  for (const field of COUNTER_FIELDS) {
    if (fields.has(field)) {
      row[field] = fields.number(field, 0, COUNTER_LIMITS[field]);
    }
  }
  // Every key set above is a key of CounterRow; the brands of its values say only which unit the key stands for.
  return row as unknown as CounterRow;
};

const decodeEvent = (fields: FieldDecoder): TraceEvent => {
  const times = {
    start: microseconds(fields.number('start', -MAX_NUMBER)),
    ...(fields.has('end') ? { end: microseconds(fields.number('end', -MAX_NUMBER)) } : {}),
  };
  const result = fields.has('result') ? { result: fields.choice('result', BUILD_RESULTS) } : {};
  const kind = fields.choice('kind', ['build', 'step', 'suspension', 'note']);
  switch (kind) {
    case 'build':
      return {
        kind,
        ...times,
        id: fields.wholeNumber('id'),
        number: fields.wholeNumber('number'),
        builder: fields.text('builder'),
        worker: fields.text('worker'),
        ...result,
      };
    case 'step':
      return {
        kind,
        ...times,
        id: fields.wholeNumber('id'),
        buildId: fields.wholeNumber('buildId'),
        name: fields.text('name'),
        ...result,
      };
    case 'suspension':
      return { kind, ...times, id: fields.wholeNumber('id') };
    case 'note':
      return { kind, ...times, text: fields.text('text') };
  }
};

const decodeLosses = (fields: FieldDecoder): LossCounts => ({
  ticksAsked: fields.wholeNumber('ticksAsked'),
  ticksTaken: fields.wholeNumber('ticksTaken'),
  ticksLate: fields.wholeNumber('ticksLate'),
  ticksLeftOut: fields.wholeNumber('ticksLeftOut'),
  stacksRetried: fields.wholeNumber('stacksRetried'),
  stacksTorn: fields.wholeNumber('stacksTorn'),
  stacksUnreadable: fields.wholeNumber('stacksUnreadable'),
});

const decodeGivenUp = (fields: FieldDecoder): GivenUpColumns => ({
  functions: fields.wholeNumbers('functions', MAX_ROWS_PER_CHUNK, 0, MAX_FUNCTIONS - 1),
  stacks: fields.wholeNumbers('stacks', MAX_ROWS_PER_CHUNK, 1, MAX_TICKS_PER_CHUNK * MAX_THREADS),
});

const decodeSlowTicks = (fields: FieldDecoder): SlowTickColumns => ({
  ticks: fields.wholeNumbers('ticks', MAX_TICKS_PER_CHUNK, 0, MAX_TICKS_PER_CHUNK - 1),
  spans: fields.wholeNumbers('spans', MAX_TICKS_PER_CHUNK, 1).map(microseconds),
});

/** Checks each field alone. What needs the tables so far (counts that agree, indexes in range) is the model's to check. */
export const decodeChunk = (fields: FieldDecoder): TraceChunk => {
  const functions = fields.object('functions');
  const frames = fields.object('frames');
  const stacks = fields.object('stacks');
  return {
    kind: 'chunk',
    sequence: fields.wholeNumber('sequence'),
    strings: fields.texts('strings', MAX_ROWS_PER_CHUNK),
    functions: {
      names: functions.wholeNumbers('names', MAX_ROWS_PER_CHUNK, 0, MAX_STRINGS - 1),
      files: functions.wholeNumbers('files', MAX_ROWS_PER_CHUNK, 0, MAX_STRINGS - 1),
      firstLines: functions.wholeNumbers('firstLines', MAX_ROWS_PER_CHUNK, 0, MAX_LINE_NUMBER),
    },
    frames: {
      functions: frames.wholeNumbers('functions', MAX_ROWS_PER_CHUNK, 0, MAX_FUNCTIONS - 1),
      lines: frames.wholeNumbers('lines', MAX_ROWS_PER_CHUNK, 0, MAX_LINE_NUMBER),
    },
    stacks: {
      parents: stacks.wholeNumbers('parents', MAX_ROWS_PER_CHUNK, -1, MAX_STACKS - 1),
      frames: stacks.wholeNumbers('frames', MAX_ROWS_PER_CHUNK, 0, MAX_FRAMES - 1),
    },
    threads: fields.objects('threads', MAX_THREADS).map(decodeThread),
    ticks: fields.numbers('ticks', MAX_TICKS_PER_CHUNK),
    runs: fields.objects('runs', MAX_THREADS).map(decodeRuns),
    counters: fields.objects('counters', MAX_COUNTERS_PER_CHUNK).map(decodeCounters),
    events: fields.objects('events', MAX_EVENTS_PER_CHUNK).map(decodeEvent),
    losses: decodeLosses(fields.object('losses')),
    ...(fields.has('givenUp') ? { givenUp: decodeGivenUp(fields.object('givenUp')) } : {}),
    ...(fields.has('slowTicks') ? { slowTicks: decodeSlowTicks(fields.object('slowTicks')) } : {}),
  };
};

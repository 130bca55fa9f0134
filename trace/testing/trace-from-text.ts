import { DispatchMark } from '../contract/dispatch-mark.ts';
import { GilState, ThreadState } from '../contract/thread-state.ts';
import type { ThreadRow, TraceChunk, TraceHeader, TraceLine } from '../contract/trace-lines.ts';
import { bytes, microseconds, unixMilliseconds } from '../contract/units.ts';
import { TraceModel } from '../model/trace-model.ts';

export const TEST_FREQUENCY_HZ = 100;
export const TEST_PERIOD_MICROSECONDS = 10_000;
const TEST_FILE = 'app.py';
const CHUNK_SEPARATOR = '---';

const STATES: Readonly<Record<string, ThreadState>> = { ...ThreadState };
const GIL_MARKS: Readonly<Record<string, GilState>> = {
  '': GilState.neither,
  '+gil': GilState.holds,
  '?gil': GilState.wants,
};

const DISPATCH_MARKS: Readonly<Record<string, DispatchMark>> = {
  '': DispatchMark.none,
  '.': DispatchMark.loop,
  '*': DispatchMark.begins,
  '~': DispatchMark.continues,
};

export const testHeader = (changes: Partial<TraceHeader> = {}): TraceHeader => ({
  kind: 'header',
  format: 'bbprof',
  version: 1,
  recordingId: 'drawn',
  target: {
    pid: 4711,
    startTimeClockTicks: 12345,
    commandLine: ['python3', 'app.py'],
    executable: '/usr/bin/python3',
    pythonVersion: '3.13.1',
    host: 'host',
  },
  frequencyHz: TEST_FREQUENCY_HZ,
  mode: 'real',
  periodSeconds: 60,
  samplerVersion: '0.0.0',
  clock: { startedAt: unixMilliseconds(1_700_000_000_000), monotonic: microseconds(5_000_000) },
  ...changes,
});

export const emptyChunk = (sequence: number): TraceChunk => ({
  kind: 'chunk',
  sequence,
  strings: [],
  functions: { names: [], files: [], firstLines: [] },
  frames: { functions: [], lines: [] },
  stacks: { parents: [], frames: [] },
  threads: [],
  ticks: [],
  runs: [],
  counters: [],
  events: [],
  losses: {
    ticksAsked: 0,
    ticksTaken: 0,
    ticksLate: 0,
    ticksLeftOut: 0,
    stacksRetried: 0,
    stacksTorn: 0,
    stacksUnreadable: 0,
  },
});

/**
 * A trace at 100 Hz (a tick is 10 ms) from a drawing:
 *
 *     main cpu=20ms
 *       2 running+gil  run > work:12
 *       3 idle         run > poll@select.py:7
 *     pool
 *       5 waiting      loop
 *     ---
 *     main
 *       ...
 *
 * A thread stands at the margin, the first one is the main thread. Below it are its runs: ticks, state (`+gil` holds the GIL, `?gil`
 * wants it), after it what its event loop does (`*` begins a dispatch, `~` goes on with it, `.` waits), and the stack from the outermost frame on, empty for none. A frame is `function`, `function:line` or `function@file:line`.
 * `---` begins the next chunk.
 */
export const traceFromText = (drawing: string, header: Partial<TraceHeader> = {}): TraceLine[] => {
  const drawer = new TraceDrawer();
  const chunks = drawing
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .reduce<string[][]>(
      (parts, line) => {
        if (line.trim() === CHUNK_SEPARATOR) {
          parts.push([]);
        } else {
          parts.at(-1)!.push(line);
        }
        return parts;
      },
      [[]],
    )
    .map((lines, sequence) => drawer.drawChunk(lines, sequence));
  return [testHeader(header), ...chunks];
};

export const modelOf = (lines: Iterable<TraceLine>): TraceModel => {
  const model = new TraceModel();
  for (const line of lines) {
    model.append(line);
  }
  return model;
};

export const modelFromText = (drawing: string, header: Partial<TraceHeader> = {}): TraceModel =>
  modelOf(traceFromText(drawing, header));

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };
interface DrawnRuns {
  readonly thread: number;
  readonly cpu: number;
  readonly ticks: number[];
  readonly stacks: number[];
  readonly states: number[];
  readonly gil: number[];
  readonly dispatches: number[];
}

class TraceDrawer {
  readonly #numbers = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  #tickCount = 0;

  drawChunk(lines: readonly string[], sequence: number): TraceChunk {
    const rows = {
      strings: [] as string[],
      functions: { names: [] as number[], files: [] as number[], firstLines: [] as number[] },
      frames: { functions: [] as number[], lines: [] as number[] },
      stacks: { parents: [] as number[], frames: [] as number[] },
      threads: [] as ThreadRow[],
    };
    const runs: DrawnRuns[] = [];
    const margin = Math.min(...lines.map((line) => line.search(/\S/)));
    for (const line of lines) {
      if (line.search(/\S/) === margin) {
        runs.push(this.#drawThread(line.trim(), rows.threads));
      } else {
        this.#drawRun(line.trim(), runs.at(-1)!, rows);
      }
    }
    const tickCount = runs[0]?.ticks.reduce((sum, count) => sum + count, 0) ?? 0;
    const first = this.#tickCount;
    this.#tickCount += tickCount;
    return {
      ...emptyChunk(sequence),
      ...rows,
      ticks: Array.from({ length: tickCount }, (_, tick) => (tick === 0 ? first : 1) * TEST_PERIOD_MICROSECONDS),
      runs: runs.map(({ cpu, dispatches, ...columns }) => ({
        ...columns,
        cpu: microseconds(cpu),
        ...(dispatches.some((mark) => mark !== DispatchMark.none) ? { dispatches } : {}),
      })),
      losses: { ...emptyChunk(sequence).losses, ticksAsked: tickCount, ticksTaken: tickCount },
    };
  }

  #drawThread(line: string, threads: ThreadRow[]): DrawnRuns {
    const [, name, milliseconds] = /^(\S+)(?:\s+cpu=(\d+(?:\.\d+)?)ms)?$/.exec(line) ?? [];
    if (name === undefined) {
      throw new Error(`Not a thread: ${line}`);
    }
    const thread = this.#number('thread', name, (index) =>
      threads.push({ thread: index, nativeId: 100 + index, name, isNameTruncated: false, isMain: index === 0 }),
    );
    return {
      thread,
      cpu: Number(milliseconds ?? 0) * 1000,
      ticks: [],
      stacks: [],
      states: [],
      gil: [],
      dispatches: [],
    };
  }

  #drawRun(line: string, runs: DrawnRuns, rows: Mutable<Pick<TraceChunk, 'strings'>> & DrawnTables): void {
    const [, ticks, state, gil, mark, stack] = /^(\d+)\s+([a-zA-Z]+)([+?]gil)?(?:\s+([*~.]))?\s*(.*)$/.exec(line) ?? [];
    if (ticks === undefined || state === undefined || STATES[state] === undefined) {
      throw new Error(`Not a run: ${line}`);
    }
    runs.ticks.push(Number(ticks));
    runs.states.push(STATES[state]);
    runs.gil.push(GIL_MARKS[gil ?? '']!);
    runs.dispatches.push(DISPATCH_MARKS[mark ?? '']!);
    const frames = (stack ?? '').split(' > ').map((frame) => frame.trim());
    runs.stacks.push(
      frames.reduce(
        (parent, frame) => (frame === '' ? parent : this.#stack(parent, this.#frame(frame, rows), rows)),
        -1,
      ),
    );
  }

  #frame(text: string, rows: Mutable<Pick<TraceChunk, 'strings'>> & DrawnTables): number {
    const [, name, file, line] = /^(.+?)(?:@(.*?))?(?::(\d+))?$/.exec(text) ?? [];
    const path = file ?? TEST_FILE;
    const string = (value: string) => this.#number('string', value, () => rows.strings.push(value));
    const called = this.#number('function', `${name}@${path}`, () => {
      rows.functions.names.push(string(name ?? ''));
      rows.functions.files.push(string(path));
      rows.functions.firstLines.push(0);
    });
    return this.#number('frame', `${called}:${line}`, () => {
      rows.frames.functions.push(called);
      rows.frames.lines.push(Number(line ?? 0));
    });
  }

  #stack(parent: number, frame: number, rows: DrawnTables): number {
    return this.#number('stack', `${parent} ${frame}`, () => {
      rows.stacks.parents.push(parent);
      rows.stacks.frames.push(frame);
    });
  }

  #number(table: string, key: string, onNew: (index: number) => void): number {
    const known = this.#numbers.get(`${table} ${key}`);
    if (known !== undefined) {
      return known;
    }
    const index = this.#counts.get(table) ?? 0;
    this.#counts.set(table, index + 1);
    this.#numbers.set(`${table} ${key}`, index);
    onNew(index);
    return index;
  }
}

interface DrawnTables {
  readonly functions: { names: number[]; files: number[]; firstLines: number[] };
  readonly frames: { functions: number[]; lines: number[] };
  readonly stacks: { parents: number[]; frames: number[] };
}

/** A chunk with one counter row and no ticks. */
export const counterChunk = (
  sequence: number,
  atMilliseconds: number,
  {
    cpuMilliseconds,
    residentBytes,
    memoryTotal,
  }: { cpuMilliseconds?: number; residentBytes?: number; memoryTotal?: number },
): TraceChunk => ({
  ...emptyChunk(sequence),
  counters: [
    {
      at: microseconds(atMilliseconds * 1000),
      ...(cpuMilliseconds === undefined
        ? {}
        : { targetUserCpu: microseconds(cpuMilliseconds * 1000), targetSystemCpu: microseconds(0) }),
      ...(residentBytes === undefined ? {} : { targetResident: bytes(residentBytes) }),
      ...(memoryTotal === undefined ? {} : { machineMemoryTotal: bytes(memoryTotal) }),
    },
  ],
});

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { RecordingMode, TraceChunk, TraceEnd, TraceLine } from '#trace/contract/trace-lines.ts';
import { CodeObject } from '../cpython/code-object.ts';
import type { InterpreterReader, StackOutcome, ThreadHandle, ThreadsReading } from '../cpython/interpreter-reader.ts';
import { openInterpreter } from '../cpython/interpreter-reader.ts';
import type { StackBuffer } from '../cpython/stack-buffer.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import { startTarget } from '../../test/running-target.ts';
import { SamplingLoop, type Sleep } from './sampling-loop.ts';

const MAIN: ThreadHandle = {
  stateAddress: remoteAddress(0x1000),
  nativeId: process.pid,
  innerStates: [],
  pythonId: 1,
  isMain: true,
};

/** An interpreter with one thread, whose kernel side is this very test process. */
class ScriptedInterpreter implements InterpreterReader {
  readonly pid = process.pid;
  readonly pythonVersion = '3.11.2';
  readonly gilAddressRange = { start: remoteAddress(0x2000), end: remoteAddress(0x2100) };
  readonly threadListFailures = 0;
  retries = 0;
  isClosed = false;
  onStack: (count: number) => StackOutcome = () => 'read';
  readonly #threads = [MAIN];
  #stacks = 0;
  readonly #code = new CodeObject(0, {
    address: remoteAddress(0x3000),
    functionName: 'work',
    file: '/srv/work.py',
    firstLine: 12,
    codeUnits: 4,
    locations: undefined,
    isTrampoline: false,
  });

  readThreads(): ThreadsReading {
    return { threads: this.#threads, gil: { isLocked: true, holder: MAIN.stateAddress } };
  }

  forgetAhead(): void {
    // Nothing is copied ahead here.
  }

  readStack(_thread: ThreadHandle, into: StackBuffer): StackOutcome {
    const outcome = this.onStack(this.#stacks++);
    into.clear();
    if (outcome === 'read') into.push(this.#code, -1);
    return outcome;
  }

  readThreadNames(): ReadonlyMap<number, string> {
    return new Map([[MAIN.pythonId, 'reactor']]);
  }

  close(): void {
    this.isClosed = true;
  }
}

/** Sleeps for real, so that ticks come at their time, and asks to stop after so many sleeps. */
function stopAfter(sleeps: number): Sleep {
  const word = new Int32Array(new SharedArrayBuffer(4));
  let count = 0;
  return (milliseconds) => {
    if (milliseconds > 0) Atomics.wait(word, 0, 0, milliseconds);
    return ++count > sleeps;
  };
}

function record(
  interpreter: ScriptedInterpreter,
  sleep: Sleep,
  periodSeconds = 60,
): { lines: TraceLine[]; chunks: TraceChunk[]; end: TraceEnd } {
  const lines: TraceLine[] = [];
  const options = { pid: process.pid, frequencyHz: 1000, mode: 'real', periodSeconds, recordingId: 'test' } as const;
  const end = new SamplingLoop(options, interpreter).run(sleep, (line) => lines.push(line));
  return { lines, chunks: lines.filter((line) => line.kind === 'chunk'), end };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('SamplingLoop', () => {
  it('emits the header first, the end last, and every tick taken in between, for every thread', () => {
    const interpreter = new ScriptedInterpreter();
    const { lines, chunks, end } = record(interpreter, stopAfter(100));
    expect(lines[0]).toMatchObject({ kind: 'header', target: { pid: process.pid, pythonVersion: '3.11.2' } });
    expect(lines.at(-1)).toBe(end);
    expect(end.reason).toBe('stopped');
    const taken = sum(chunks.map((chunk) => chunk.losses.ticksTaken));
    expect(taken).toBeGreaterThan(10);
    expect(sum(chunks.map((chunk) => chunk.ticks.length))).toBe(taken);
    expect(sum(chunks.flatMap((chunk) => chunk.runs.flatMap((runs) => runs.ticks)))).toBe(taken);
    expect(interpreter.isClosed).toBe(true);
  });

  it('numbers its chunks and brings each row of a table once', () => {
    const { chunks } = record(new ScriptedInterpreter(), stopAfter(1500));
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.map((chunk) => chunk.sequence)).toEqual(chunks.map((_, index) => index));
    expect(chunks.flatMap((chunk) => chunk.strings)).toEqual(['work', '/srv/work.py']);
    expect(chunks.flatMap((chunk) => chunk.threads.map((thread) => thread.name))).toEqual(['reactor']);
    expect(chunks[0]?.counters[0]?.targetResident).toBeGreaterThan(1_000_000);
  });

  it('ends by itself when the period is over', () => {
    expect(record(new ScriptedInterpreter(), stopAfter(1e9), 0.05).end.reason).toBe('period-over');
  });

  it('goes on in another recording at its end, on the same time grid, with every table anew', () => {
    const interpreter = new ScriptedInterpreter();
    const lines: TraceLine[] = [];
    const options = { pid: process.pid, frequencyHz: 200, mode: 'real', recordingId: 'test' } as const;
    const sleep = stopAfter(1e9);
    const first = new SamplingLoop({ ...options, periodSeconds: 0.5, rotates: true }, interpreter);
    let loop: SamplingLoop | undefined = first;
    for (let count = 0; count < 3; count++) {
      loop?.run(sleep, (line) => lines.push(line));
      expect(interpreter.isClosed).toBe(false);
      loop = loop?.successor();
    }
    const headers = lines.filter((line) => line.kind === 'header');
    expect(headers.map(({ clock }) => clock.monotonic - (headers[0]?.clock.monotonic ?? 0))).toEqual([
      0, 500_000, 1_000_000,
    ]);
    expect(lines.filter((line) => line.kind === 'end').map(({ at, reason }) => [at, reason])).toEqual(
      Array(3).fill([500_000, 'period-over']),
    );
    const chunks = lines.filter((line) => line.kind === 'chunk');
    expect(chunks.map(({ sequence, strings }) => [sequence, strings])).toEqual(
      Array(3).fill([0, ['work', '/srv/work.py']]),
    );
    for (const { losses, ticks } of chunks) {
      expect(losses.ticksAsked).toBeLessThanOrEqual(100);
      expect(sum(ticks)).toBeLessThan(500_000);
    }
  });

  it('has no successor where it was stopped', () => {
    const options = { pid: process.pid, frequencyHz: 200, mode: 'real', recordingId: 'test' } as const;
    const interpreter = new ScriptedInterpreter();
    const loop = new SamplingLoop({ ...options, periodSeconds: 60, rotates: true }, interpreter);
    expect(loop.run(stopAfter(3), () => undefined).reason).toBe('stopped');
    expect(loop.successor()).toBeUndefined();
    expect(interpreter.isClosed).toBe(true);
  });

  it('begins each recording where the one before ended, at the time that the wall clock says it was then', () => {
    const PERIOD_MS = 1000;
    const ROTATIONS = 200;
    /** Seconds a day of a clock that is slewed, many times over. */
    const WALL_CLOCK_RATE = 1.01;
    let elapsed = 5000;
    const wallClock = (): number => Math.floor(1_767_323_045_000 + elapsed * WALL_CLOCK_RATE);
    vi.spyOn(performance, 'now').mockImplementation(() => elapsed);
    vi.spyOn(Date, 'now').mockImplementation(wallClock);
    vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => BigInt(Math.round(elapsed * 1_000_000)));
    onTestFinished(() => void vi.restoreAllMocks());
    const sleep: Sleep = (milliseconds) => {
      // Never quite as long as it was asked to.
      elapsed += milliseconds === 0 ? 0 : milliseconds + 0.3;
      return false;
    };
    const interpreter = new ScriptedInterpreter();
    const options = {
      pid: process.pid,
      frequencyHz: 2,
      mode: 'real' as const,
      periodSeconds: PERIOD_MS / 1000,
      recordingId: 'test',
    };
    const start = wallClock();
    let loop = new SamplingLoop({ ...options, rotates: true }, interpreter);
    const first = loop.header.clock;
    for (let rotation = 1; rotation <= ROTATIONS; rotation++) {
      loop.run(sleep, () => undefined);
      loop = loop.successor()!;
      const { monotonic, startedAt } = loop.header.clock;
      expect(monotonic - first.monotonic).toBe(rotation * PERIOD_MS * 1000);
      const then = start + rotation * PERIOD_MS * WALL_CLOCK_RATE;
      expect(Math.abs(startedAt - then)).toBeLessThanOrEqual(2);
    }
  });

  it('says that the target exited, and keeps what was sampled before', () => {
    const interpreter = new ScriptedInterpreter();
    interpreter.onStack = (count) => {
      if (count < 20) return 'read';
      throw new ProfilerError('target-exited', 'process 1 has ended');
    };
    const { chunks, end } = record(interpreter, stopAfter(1e9));
    expect(end).toMatchObject({ reason: 'target-exited', message: 'process 1 has ended' });
    expect(sum(chunks.map((chunk) => chunk.ticks.length))).toBeGreaterThan(0);
  });

  it('says that the sampler failed when something unforeseen happens', () => {
    const interpreter = new ScriptedInterpreter();
    interpreter.onStack = () => {
      throw new RangeError('out of range');
    };
    expect(record(interpreter, stopAfter(1e9)).end).toMatchObject({
      reason: 'sampler-failed',
      message: 'out of range',
    });
  });

  it('counts stacks that could not be read as lost, as ticks of their thread', () => {
    const interpreter = new ScriptedInterpreter();
    interpreter.onStack = (count) => (count % 2 === 0 ? 'torn' : 'unreadable');
    const { chunks } = record(interpreter, stopAfter(100));
    const losses = chunks.map((chunk) => chunk.losses);
    expect(sum(losses.map((loss) => loss.stacksTorn))).toBeGreaterThan(0);
    expect(sum(losses.map((loss) => loss.stacksTorn + loss.stacksUnreadable))).toBe(
      sum(losses.map((loss) => loss.ticksTaken)),
    );
  });

  it('reads no stacks for ticks that its mode leaves out, and tells the load all the same', async () => {
    const target = await startTarget('python3', 'polling.py');
    onTestFinished(() => target.end());
    const recordIn = (mode: RecordingMode): { stacks: number; taken: number; load: number } => {
      const reader = openInterpreter(target.pid);
      const readStack = vi.spyOn(reader, 'readStack');
      const lines: TraceLine[] = [];
      const options = { pid: target.pid, frequencyHz: 250, mode, periodSeconds: 2, recordingId: 'test' };
      new SamplingLoop(options, reader).run(stopAfter(1e9), (line) => lines.push(line));
      const chunks = lines.filter((line) => line.kind === 'chunk');
      const loads = chunks.flatMap(({ counters }) => counters.map(({ reactorLoad }) => reactorLoad ?? Number.NaN));
      return {
        stacks: readStack.mock.calls.length,
        taken: sum(chunks.map(({ losses }) => losses.ticksTaken)),
        load: sum(loads) / loads.length,
      };
    };
    const whole = recordIn('real');
    const cpu = recordIn('prof');
    expect(whole.stacks).toBeGreaterThan(whole.taken);
    expect(cpu.stacks).toBeLessThan(whole.stacks / 2);
    expect(cpu.load).toBeLessThan(0.5);
    expect(Math.abs(cpu.load - whole.load)).toBeLessThan(0.25);
  });
});

import { expect, it, onTestFinished } from 'vitest';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { microseconds } from '#trace/contract/units.ts';
import { startTarget } from '../../test/running-target.ts';
import { openInterpreter } from '../cpython/interpreter-reader.ts';
import { SamplingLoop } from './sampling-loop.ts';
import { SuspensionWatch } from './suspension-watch.ts';

it('tells once that the target was stopped, and once more that it went on', () => {
  const watch = new SuspensionWatch();
  const looks = [false, true, true, false, false, true].map((isStopped, second) =>
    watch.look(microseconds(second), isStopped),
  );
  expect(looks.flat()).toEqual([
    { kind: 'suspension', id: 0, start: 1 },
    { kind: 'suspension', id: 0, start: 1, end: 3 },
    { kind: 'suspension', id: 1, start: 5 },
  ]);
});

it('finds in a recording that the target was stopped by a signal', async () => {
  const target = await startTarget('python3', 'busy.py');
  onTestFinished(() => target.end());
  const options = { pid: target.pid, frequencyHz: 100, mode: 'real', periodSeconds: 60, recordingId: 'test' } as const;
  const lines: TraceLine[] = [];
  const word = new Int32Array(new SharedArrayBuffer(4));
  const events = () => lines.flatMap((line) => (line.kind === 'chunk' ? line.events : []));
  process.kill(target.pid, 'SIGSTOP');
  const end = new SamplingLoop(options, openInterpreter(target.pid)).run(
    (milliseconds) => {
      if (milliseconds > 0) Atomics.wait(word, 0, 0, milliseconds);
      return events().length === 2;
    },
    (line) => {
      lines.push(line);
      if (events().length === 1) process.kill(target.pid, 'SIGCONT');
    },
  );
  expect(end.reason).toBe('stopped');
  const [first, second] = events();
  expect(first).toEqual({ kind: 'suspension', id: 0, start: expect.any(Number) as number });
  expect(second).toEqual({ ...first, end: expect.any(Number) as number });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TraceChunk, TraceLine } from '#trace/contract/trace-lines.ts';
import { endCommands, startProcess } from '../../test/cli-process.ts';
import { needNamespaces, unshareArguments } from '../../test/machine-needs.ts';
import { startTarget } from '../../test/running-target.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { readLines } from '../../test/trace-file.ts';
import { openInterpreter } from '../cpython/interpreter-reader.ts';
import { SamplingLoop, type Sleep } from './sampling-loop.ts';

const NAMESPACES = ['--pid', '--fork', '--mount-proc'];
const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const DRIVER = fileURLToPath(new URL('../../test/targets/reused_pid.py', import.meta.url));

/** Names of all functions in the lines of a trace. */
const functionNames = (lines: readonly TraceLine[]): string[] => {
  const chunks = lines.filter((line): line is TraceChunk => line.kind === 'chunk');
  const strings = chunks.flatMap((chunk) => chunk.strings);
  return chunks.flatMap((chunk) => chunk.functions.names.map((name) => strings[name] ?? ''));
};

/** Sleeps for real; after so many ticks, does something to the target once. */
const sleepAndThen = (ticks: number, act: () => void): Sleep => {
  const word = new Int32Array(new SharedArrayBuffer(4));
  let left = ticks;
  return (milliseconds) => {
    if (milliseconds > 0) Atomics.wait(word, 0, 0, milliseconds);
    else if (--left === 0) act();
    return false;
  };
};

const recordUntilItEnds = (pid: number, act: () => void): TraceLine[] => {
  const lines: TraceLine[] = [];
  const options = { pid, frequencyHz: 500, mode: 'real', periodSeconds: 60, recordingId: 'life' } as const;
  new SamplingLoop(options, openInterpreter(pid)).run(sleepAndThen(50, act), (line) => lines.push(line));
  return lines;
};

describe('a recording', () => {
  it('ends when its target is killed, with what was sampled before', async () => {
    const target = await startTarget('python3', 'busy.py');
    onTestFinished(() => target.end());
    const lines = recordUntilItEnds(target.pid, () => target.process.kill('SIGKILL'));
    expect(lines.at(-1)).toMatchObject({ kind: 'end', reason: 'target-exited' });
    expect(functionNames(lines)).toContain('<module>');
  });

  it('ends when its target becomes another program', async () => {
    const target = await startTarget('python3', 'exec_on_signal.py');
    onTestFinished(() => target.end());
    const lines = recordUntilItEnds(target.pid, () => target.process.kill('SIGUSR1'));
    expect(lines.at(-1)).toMatchObject({ kind: 'end', reason: 'target-exited' });
  });

  it('does not follow the children of its target', async () => {
    const target = await startTarget('python3', 'forking.py');
    onTestFinished(() => target.end());
    const lines = recordUntilItEnds(target.pid, () => target.process.kill('SIGKILL'));
    const names = functionNames(lines);
    expect(names).toContain('in_parent');
    expect(names).not.toContain('in_child');
  });

  it('ends when the pid of its target is given to another process at once, and has nothing of that', async (test) => {
    needNamespaces(test, ...NAMESPACES);
    const folder = makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    const output = path.join(folder.path, 'reused.bbprof');
    const record = [process.execPath, MAIN, 'record', '--pid', 'PID', '--mode', 'real', '--output', output];
    const driver = startProcess('unshare', [
      ...unshareArguments(...NAMESPACES),
      'python3',
      DRIVER,
      `${output}.part`,
      ...record,
    ]);
    onTestFinished(endCommands);
    expect(await driver.outcome).toMatchObject({ exitCode: 0, stdout: 'ready True 0\n' });
    const lines = readLines(output);
    expect(lines.at(-1)).toMatchObject({ kind: 'end', reason: 'target-exited' });
    expect(functionNames(lines)).toContain('victim');
    expect(readFileSync(output, 'utf8')).not.toContain('impostor');
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countStacks, type CountedStack } from './counted-stack.ts';
import { FASTEST, type Contestant, type SamplingRequest, type SamplingResult } from './measurement.ts';
import { pythonOf } from './oracle-target.ts';
import { startSamplerProcess, waitForOutput } from './sampler-process.ts';

const VERSION = '3.15';
const PYTHON = pythonOf(VERSION);
/** Above any rate it reaches. */
const FASTEST_RATE = '1000k';
/** Starts it, and says when it begins: to load its modules takes longer than some runs do. */
const PROGRAM = fileURLToPath(new URL('announced_sampling.py', import.meta.url));

const CAPTURED = /Captured ([\d,]+) samples? in ([\d.,]+) seconds/;
const ERROR_RATE = /Error rate: ([\d.]+)/;
/** `file:function:line`, of line -1 where that is not known. */
const FRAME = /^(?:.*:)?([^:]+):-?\d+$/;
/** Not functions: what the interpreter is at, put on top of the stack. */
const MARKER = /^<(?!module>)[\w ]+>$/;

const toNumber = (text: string): number => Number(text.replaceAll(',', ''));

/** Looks, seconds and errors, out of what it prints at the end. */
export const parseSummary = (output: string): Pick<SamplingResult, 'ticks' | 'seconds' | 'errorShare'> => {
  const [, captured, seconds] = CAPTURED.exec(output) ?? [];
  const [, errorPercent] = ERROR_RATE.exec(output) ?? [];
  if (captured === undefined || seconds === undefined || errorPercent === undefined)
    throw new Error(`profiling.sampling printed no summary:\n${output}`);
  return { ticks: toNumber(captured), seconds: toNumber(seconds), errorShare: Number(errorPercent) / 100 };
};

/** Collapsed stacks: the thread, the frames from the outermost in, and how often. */
export const parseStack = (line: string): CountedStack => {
  const space = line.lastIndexOf(' ');
  const [, ...frames] = line.slice(0, space).split(';');
  const names = frames.map((frame) => FRAME.exec(frame)?.[1] ?? frame).filter((name) => !MARKER.test(name));
  return { names, count: Number(line.slice(space + 1)) };
};

const commandOf = ({ pid, frequencyHz, seconds, threads }: SamplingRequest, file: string): string[] => {
  const rate = frequencyHz === FASTEST ? FASTEST_RATE : String(frequencyHz);
  const options = ['-r', rate, '-d', String(seconds), ...(threads > 1 ? ['-a'] : [])];
  return [PYTHON, PROGRAM, 'attach', ...options, '--collapsed', '-o', file, String(pid)];
};

/** CPython's own sampling profiler, which reads its own version alone. It does not pause the target, unless it is told to. */
export const pythonSampler: Contestant = {
  name: 'profiling.sampling',
  pythonVersion: VERSION,
  start: (request) => {
    const file = join(request.folder, 'collapsed');
    const started = startSamplerProcess(commandOf(request, file), request.core);
    return {
      pid: started.pid,
      begun: waitForOutput(started.process, /^sampling$/m),
      ended: started.output.then(async (output) => {
        const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
        return { ...parseSummary(output), ...countStacks(lines.map(parseStack)) };
      }),
      end: () => started.end(),
    };
  },
};

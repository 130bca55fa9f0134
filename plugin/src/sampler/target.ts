import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { TargetDescription } from '#trace/contract/trace-lines.ts';
import { openInterpreter, type InterpreterReader } from '../cpython/interpreter-reader.ts';

/** Longest part of a command line that a trace keeps, in bytes: the kernel allows 2 MiB. */
export const MAX_COMMAND_LINE_BYTES = 4096;
/** Index of the start time among the fields of `stat` that follow the process's name. */
const START_TIME_FIELD = 19;

/** Start of a process in clock ticks since boot; 0 where it is gone. With the pid, it names one life of one process. */
export function readStartTime(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD] ?? 0);
  } catch {
    // ENOENT: no such process.
    return 0;
  }
}

/**
 * Who is profiled, by what the kernel and its memory say of it.
 * @throws ProfilerError as `openInterpreter` does: no such process, not Python, no permission, unsupported version.
 */
export function describeTarget(pid: number): TargetDescription {
  const reader = openInterpreter(pid);
  try {
    return describeInterpreter(pid, reader);
  } finally {
    reader.close();
  }
}

/** {@link describeTarget} for an interpreter that is open already. */
export function describeInterpreter(pid: number, reader: InterpreterReader): TargetDescription {
  return {
    pid,
    startTimeClockTicks: readStartTime(pid),
    commandLine: readCommandLine(pid),
    executable: readExecutable(pid),
    pythonVersion: reader.pythonVersion,
    host: hostname(),
  };
}

function readCommandLine(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`).subarray(0, MAX_COMMAND_LINE_BYTES).toString('utf8');
    return text.split('\0').filter((argument) => argument !== '');
  } catch {
    // Gone between two reads; the sampler notices by itself.
    return [];
  }
}

function readExecutable(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    // EACCES with another uid; the memory itself may still be readable.
    return '';
  }
}

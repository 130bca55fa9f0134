import fs from 'node:fs';
import { TEMPORARY_SUFFIX } from './gzip-file.ts';
import type { TalliedSummary } from './recording-tally.ts';
import { describeWriteError, PRIVATE_FILE_MODE } from './trace-file-writer.ts';

/** A name, a note and a summary with a long command line are a few kilobytes; anything much larger is no sidecar of ours. */
export const MAX_SIDECAR_BYTES = 4 * 1024 * 1024;

/** What is kept beside a recording's file: what the user said of it, and what a list shows, so that no list reads whole files. */
export interface Sidecar {
  readonly name: string;
  readonly note: string;
  /** Whose it is, in a folder that several masters may share; absent where the folder is of one alone. */
  readonly owner?: string;
  /** The process that writes the file, while it does. */
  readonly recorder?: RecorderIdentity;
  /** Absent while it records, and after a recorder that was killed until its file was read once. */
  readonly summary?: TalliedSummary & { readonly isCut: boolean };
}

export interface RecorderIdentity {
  readonly pid: number;
  /** Start of the process as `/proc/PID/stat` has it, since pids come again; empty on systems without. */
  readonly startTime: string;
}

export const EMPTY_SIDECAR: Sidecar = { name: '', note: '' };

const readStartTime = (pid: number): string => {
  try {
    const stat = fs.readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    // Field 2, the name, may hold spaces and brackets: count from behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
};

export const thisRecorder = (): RecorderIdentity => ({ pid: process.pid, startTime: readStartTime(process.pid) });

export const isRecorderAlive = ({ pid, startTime }: RecorderIdentity): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return readStartTime(pid) === startTime;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Only the shape this program wrote is believed: a sidecar can be made anew from its recording, but for name and note. */
const decodeSidecar = (text: string): Sidecar | undefined => {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || typeof value['name'] !== 'string' || typeof value['note'] !== 'string') return undefined;
  const { name, note, owner, recorder, summary } = value;
  return {
    name,
    note,
    ...(typeof owner === 'string' ? { owner } : {}),
    ...(isRecorderIdentity(recorder) ? { recorder } : {}),
    ...(isSummary(summary) ? { summary } : {}),
  };
};

const isRecorderIdentity = (value: unknown): value is RecorderIdentity =>
  isRecord(value) &&
  Number.isInteger(value['pid']) &&
  Number(value['pid']) > 0 &&
  typeof value['startTime'] === 'string';

const isSummary = (value: unknown): value is NonNullable<Sidecar['summary']> =>
  isRecord(value) &&
  isRecord(value['target']) &&
  isRecord(value['losses']) &&
  typeof value['isCut'] === 'boolean' &&
  ['frequencyHz', 'periodSeconds', 'startedAt', 'duration'].every((key) => Number.isFinite(value[key]));

/** Undefined where there is none that can be believed. */
export const loadSidecar = async (path: string): Promise<Sidecar | undefined> => {
  try {
    const { size } = await fs.promises.stat(path);
    if (size > MAX_SIDECAR_BYTES) return undefined;
    return decodeSidecar(await fs.promises.readFile(path, 'utf8'));
  } catch {
    // Missing, not readable or no JSON: the recording is read instead.
    return undefined;
  }
};

/** In one step, so that no reader meets half of it. @throws ProfilerError 'file-unwritable' */
export const saveSidecar = async (path: string, sidecar: Sidecar): Promise<void> => {
  const temporary = path + TEMPORARY_SUFFIX;
  try {
    await fs.promises.writeFile(temporary, JSON.stringify(sidecar), { mode: PRIVATE_FILE_MODE });
    await fs.promises.rename(temporary, path);
  } catch (error) {
    await fs.promises.rm(temporary, { force: true });
    throw describeWriteError(path, error);
  }
};

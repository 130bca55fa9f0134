import { readFileSync } from 'node:fs';
import { attachError } from './attach-permission.ts';
import type { RemoteAddress } from './remote-address.ts';
import { remoteAddress } from './remote-address.ts';

/** One file-backed line of `/proc/PID/maps`. */
export interface FileMapping {
  readonly start: RemoteAddress;
  readonly end: RemoteAddress;
  /** Position in the file that is mapped at `start`. */
  readonly fileOffset: number;
  /** As the target's mount namespace names it, without the kernel's mark for deleted files. */
  readonly path: string;
  /** Whether the file is gone from its path, as after an upgrade. */
  readonly isDeleted: boolean;
}

/** vm.max_map_count is 65530 by default, some set a million; what lies beyond is not looked at. */
export const MAX_MAPPINGS = 1_000_000;

const DELETED_MARK = ' (deleted)';
const LINE = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) [rwxsp-]{4} ([0-9a-f]{1,16}) [0-9a-f]+:[0-9a-f]+ \d+ +(\/.*)$/;

const parseLine = (line: string): FileMapping | undefined => {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const path = match[4] ?? '';
  const isDeleted = path.endsWith(DELETED_MARK);
  return {
    start: remoteAddress(parseInt(match[1] ?? '', 16)),
    end: remoteAddress(parseInt(match[2] ?? '', 16)),
    fileOffset: parseInt(match[3] ?? '', 16),
    path: isDeleted ? path.slice(0, -DELETED_MARK.length) : path,
    isDeleted,
  };
};

/** The file-backed mappings, in order of address. Anonymous memory and lines of an unknown shape are left out. */
export const parseProcessMaps = (text: string): FileMapping[] => {
  const mappings: FileMapping[] = [];
  let start = 0;
  for (let count = 0; count < MAX_MAPPINGS && start < text.length; count++) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const mapping = parseLine(text.slice(start, end));
    if (mapping !== undefined) mappings.push(mapping);
    start = end + 1;
  }
  return mappings;
};

export const readProcessMaps = (pid: number): FileMapping[] => {
  try {
    return parseProcessMaps(readFileSync(`/proc/${pid}/maps`, 'utf8'));
  } catch (error) {
    throw attachError(pid, error);
  }
};

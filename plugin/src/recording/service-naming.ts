import path from 'node:path';
import type { RecordingNaming } from './recording-folder.ts';

/** `20261122-105712-042`: start in UTC, to the millisecond, as the file's name has it. */
const ID_PATTERN = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})-(\d{3})$/;
const ISO_TIME_PATTERN = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d{3})Z$/;

export interface ServiceFiles {
  readonly folder: string;
  readonly naming: RecordingNaming;
}

/**
 * Files `<basepath><ISO time>`, as the users of the original plugin know them; a basepath is a folder and the beginning of a name. Their
 * sidecars are hidden, for the folder is the user's.
 */
export const filesOfService = (basepath: string): ServiceFiles => {
  const absolute = path.resolve(basepath);
  const isFolder = basepath.endsWith(path.sep);
  const prefix = isFolder ? '' : path.basename(absolute);
  return { folder: isFolder ? absolute : path.dirname(absolute), naming: namedByTime(prefix) };
};

const namedByTime = (prefix: string): RecordingNaming => ({
  generateId: (start) => toId(start.toISOString()) ?? '',
  isId: (text) => ID_PATTERN.test(text),
  toName: (id) => id.replace(ID_PATTERN, `${escapeReplacement(prefix)}$1-$2-$3T$4:$5:$6.$7Z`),
  toId: (name) => (name.startsWith(prefix) ? toId(name.slice(prefix.length)) : undefined),
  sidecarPrefix: '.',
});

const toId = (time: string): string | undefined =>
  ISO_TIME_PATTERN.test(time) ? time.replace(ISO_TIME_PATTERN, '$1$2$3-$4$5$6-$7') : undefined;

const escapeReplacement = (text: string): string => text.replaceAll('$', '$$$$');

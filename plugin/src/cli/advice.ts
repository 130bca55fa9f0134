import type { ErrorCode } from '#trace/contract/errors.ts';
import type { TargetOptions } from './options.ts';
import { quoteForShell } from './shell-words.ts';

/** What to do about each error, for the human at the terminal. The errors themselves state facts only. */
const ADVICE: Readonly<Record<ErrorCode, string>> = {
  'bad-argument': 'See --help for what is allowed.',
  'no-such-process': 'Look for the process with "pgrep -af python"; a master is found by --basedir.',
  'not-a-master':
    'Give the folder in which "buildbot start" was run and where twistd.pid lies, or name the process with --pid.',
  'not-python':
    'If the process is a wrapper such as sudo or a shell, give the pid of the Python under it: "pgrep -af python".',
  'unsupported-python': 'See the README for the versions that can be read.',
  'unsupported-platform':
    'Recording needs Linux with python processes of the same machine; "bbprofiler view" works everywhere.',
  'no-permission': 'Run as the user of the process or as root; in a container it takes CAP_SYS_PTRACE.',
  'target-unreadable': 'Try again; if it stays so, please report it with the version of that Python.',
  'target-exited': 'Start it again, then record.',
  'bad-trace':
    'Give a .bbprof file, also one that was cut off, or a whole file of another format: docs/formats.md lists them.',
  'unsupported-trace':
    'The file was made by a newer version: update this program. Of Firefox profiles, docs/formats.md has the versions.',
  'not-comparable': 'Give two recordings of one mode, and the same --weight for both.',
  'file-unreadable': 'Check the path and its permissions.',
  'file-unwritable': 'Make room if the disk is full, else choose another place (--output, --recordings).',
  'port-in-use': 'Choose another with --port; 0 takes any that is free.',
  'already-recording': 'Stop the recording in progress first.',
  'not-recording': 'Start one first.',
  'no-such-recording': 'It may have been deleted; the list shows what is there.',
  'recording-in-use': 'Stop it first.',
  'no-target': 'Start with "bbprofiler serve --pid PID" or "--basedir DIR" to record.',
  unauthorized: 'Open the address that the server printed at its start, with everything after the #.',
  'foreign-origin': 'Open the address that the server printed at its start.',
  'not-found': 'If the page is missing, build it: "npm run build".',
  'sampler-failed': 'What was recorded before is kept. Please report it.',
  internal: 'This is a fault of this program. Please report it with what is printed above.',
};

export const adviceFor = (code: ErrorCode): string => ADVICE[code];

/** What can go wrong in attaching to a process. */
const DOCTOR_EXPLAINS: readonly ErrorCode[] = [
  'no-such-process',
  'not-python',
  'unsupported-python',
  'no-permission',
  'target-unreadable',
];

/** A sentence to follow the advice, or nothing. */
export const pointToDoctor = (code: ErrorCode, { pid, basedir }: TargetOptions): string => {
  if (!DOCTOR_EXPLAINS.includes(code)) return '';
  if (pid !== undefined) return ` To see what stands in the way: bbprofiler doctor --pid ${String(pid)}`;
  return basedir === undefined
    ? ''
    : ` To see what stands in the way: bbprofiler doctor --basedir ${quoteForShell(basedir)}`;
};

/** What went wrong, told to the user: the fact as the server or the reader states it, and what to do about it. */
import type { ErrorCode } from '#trace/contract/errors.ts';

/** Why something failed, in a form that travels in streams and between threads. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
}

/**
 * `offline`: nobody answered; `broken-off`: not to the end. `forbidden` and `sampler-away`: the answer of a master that is between the page and the sampler. The others are
 * the server's and the readers' own.
 */
export type FailureCode = ErrorCode | 'offline' | 'broken-off' | 'forbidden' | 'sampler-away';

/** A result that may be a failure: a value in a stream, never the end of it. */
export type Outcome<T> =
  { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'failed'; readonly error: Failure };

/** Only codes for which there is something that the user can do. */
const ADVICE: Partial<Record<FailureCode, string>> = {
  offline: 'Check that bbprofiler, or the master that it is part of, still runs; then reload the page.',
  'broken-off':
    'Try again; where it breaks again, check that bbprofiler, or the master that it is part of, still runs.',
  forbidden: 'Log in, or ask whoever runs the master for the permission.',
  'sampler-away': 'The master starts it again by itself; where it does not, its log says why.',
  unauthorized: 'Open the link that bbprofiler printed when it started: it carries the access token.',
  'foreign-origin': 'Open the page under the address that bbprofiler printed.',
  'already-recording': 'Stop the recording in progress first.',
  'no-permission':
    'Run bbprofiler as the user of the master, or as root; "bbprofiler doctor --pid PID" says what stands in the way.',
  'no-such-process': 'Start the master, then press Record.',
  'not-python': '"bbprofiler doctor --pid PID" says what that process is.',
  'target-unreadable': 'Try again in a moment; "bbprofiler doctor --pid PID" says what stands in the way.',
  'not-a-master': 'Check the path given with --basedir.',
  'target-exited': 'Start the master again, then press Record.',
  'no-target': 'Start bbprofiler with --pid or --basedir, or open a file.',
  'unsupported-python': 'Update the profiler, or record a master that runs on a supported Python.',
  'bad-trace':
    'Choose a recording of this profiler (.bbprof, .bbprof.gz), a report of it, or a whole file of speedscope, pprof, Firefox, Chrome or collapsed stacks.',
  'unsupported-trace': 'Update the profiler to open it.',
  'not-comparable':
    'Compare recordings of one mode; where a side has none of the time, choose another weight, other threads or a longer range.',
  'no-such-recording': 'It may have been deleted: choose another one under Recordings.',
  'file-unwritable': 'Free some space on the disk of the recordings.',
};

export const describeAdvice = (code: FailureCode): string => ADVICE[code] ?? '';

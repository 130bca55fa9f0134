/**
 * The one catalogue of errors that a user can meet. A message states the fact; each front end (terminal, page) adds what to do.
 * docs/errors.md describes every code; a test compares the two.
 */

interface ErrorKind {
  /** HTTP status of a REST answer. */
  readonly status: number;
  /** Exit code of the command line. */
  readonly exitCode: number;
}

export const EXIT_USAGE = 2;

export const ERROR_KINDS = {
  /** An option or a request body has a value that is not allowed. */
  'bad-argument': { status: 400, exitCode: EXIT_USAGE },
  'no-such-process': { status: 404, exitCode: 3 },
  'not-a-master': { status: 404, exitCode: 3 },
  'not-python': { status: 422, exitCode: 4 },
  'unsupported-python': { status: 422, exitCode: 4 },
  'unsupported-platform': { status: 422, exitCode: 4 },
  'no-permission': { status: 403, exitCode: 5 },
  /** The interpreter's memory does not have the shape its version promises. */
  'target-unreadable': { status: 422, exitCode: 6 },
  'target-exited': { status: 410, exitCode: 7 },
  'bad-trace': { status: 422, exitCode: 8 },
  'unsupported-trace': { status: 422, exitCode: 8 },
  /** Two recordings whose shares are of different things. */
  'not-comparable': { status: 422, exitCode: 8 },
  'file-unreadable': { status: 404, exitCode: 9 },
  'file-unwritable': { status: 507, exitCode: 9 },
  'port-in-use': { status: 500, exitCode: 10 },
  'already-recording': { status: 409, exitCode: 11 },
  'not-recording': { status: 409, exitCode: 11 },
  'no-such-recording': { status: 404, exitCode: 12 },
  'recording-in-use': { status: 409, exitCode: 12 },
  'no-target': { status: 409, exitCode: 12 },
  unauthorized: { status: 401, exitCode: 13 },
  'foreign-origin': { status: 403, exitCode: 13 },
  'not-found': { status: 404, exitCode: 14 },
  'sampler-failed': { status: 500, exitCode: 1 },
  internal: { status: 500, exitCode: 1 },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(ERROR_KINDS, value);

/** An error of the catalogue. `fields` carries what the message was made of, for front ends that word it themselves. */
export class ProfilerError extends Error {
  override readonly name = 'ProfilerError';
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, string | number>>;

  constructor(
    code: ErrorCode,
    message: string,
    fields: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.fields = fields;
  }
}

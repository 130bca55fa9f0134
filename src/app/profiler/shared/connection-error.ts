import type { Failure } from './failure.ts';

/** Of the way between page and server, not of what is at its end. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly failure: Failure;

  constructor(failure: Failure, cause: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

export const nobodyAnswered = (cause: unknown): ConnectionError =>
  new ConnectionError({ code: 'offline', message: 'The profiler server does not answer.' }, cause);

export const brokeOff = (cause: unknown): ConnectionError =>
  new ConnectionError({ code: 'broken-off', message: 'The connection broke before the recording was whole.' }, cause);

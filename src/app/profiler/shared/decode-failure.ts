import type { ErrorBody } from '#trace/contract/api.ts';
import { isErrorCode, ProfilerError } from '#trace/contract/errors.ts';
import type { Failure } from './failure.ts';

/** Refused by who is in between: a master that asks its own rules first, and passes on to its sampler what they allow. */
class MasterRefusal extends Error {
  override readonly name = 'MasterRefusal';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

const MASTER_REFUSALS: Readonly<Record<number, Failure>> = {
  403: { code: 'forbidden', message: 'The master does not allow you this.' },
  502: { code: 'sampler-away', message: 'The sampler of this master does not answer.' },
  503: { code: 'sampler-away', message: 'The sampler of this master does not answer.' },
  504: { code: 'sampler-away', message: 'The sampler of this master does not answer.' },
};

/** What the server says went wrong; answers that are not ours (a proxy's page) keep their HTTP status in the message. */
export const decodeFailure = async (response: Response): Promise<ProfilerError | MasterRefusal> => {
  const body = (await response.json().catch(() => undefined)) as Partial<ErrorBody> | null | undefined;
  if (isErrorCode(body?.code) && typeof body.message === 'string') return new ProfilerError(body.code, body.message);
  if (response.status === 401) return new ProfilerError('unauthorized', 'The server does not accept the access token.');
  const refusal = MASTER_REFUSALS[response.status];
  if (refusal !== undefined) return new MasterRefusal(refusal);
  return new ProfilerError('internal', `The server answered with HTTP status ${response.status}.`);
};

import type { ErrorBody } from '#trace/contract/api.ts';
import { isErrorCode, ProfilerError } from '#trace/contract/errors.ts';

/** What the server says went wrong; answers that are not ours (a proxy's page) keep their HTTP status in the message. */
export const decodeFailure = async (response: Response): Promise<ProfilerError> => {
  const body = (await response.json().catch(() => undefined)) as Partial<ErrorBody> | null | undefined;
  if (isErrorCode(body?.code) && typeof body.message === 'string') return new ProfilerError(body.code, body.message);
  if (response.status === 401) return new ProfilerError('unauthorized', 'The server does not accept the access token.');
  return new ProfilerError('internal', `The server answered with HTTP status ${response.status}.`);
};

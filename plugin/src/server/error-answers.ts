import type { FastifyReply } from 'fastify';
import type { ErrorBody } from '#trace/contract/api.ts';
import { ERROR_KINDS, ProfilerError } from '#trace/contract/errors.ts';

/** Hears of what nobody foresaw; the client learns only that it happened. */
export type FailureListener = (error: unknown) => void;

const hasClientStatus = (error: unknown): error is Error & { statusCode: number } =>
  error instanceof Error && 'statusCode' in error && Number(error.statusCode) >= 400 && Number(error.statusCode) < 500;

/** Work that was broken off because nobody waits for it any more: the reason of an aborted `request.signal`. */
const isClientGone = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

const toErrorBody = (error: unknown, onFailure: FailureListener): ErrorBody => {
  if (error instanceof ProfilerError) {
    if (error.code === 'internal') onFailure(error);
    return { code: error.code, message: error.message };
  }
  // What Fastify refuses by itself: a body that does not fit its schema, that is no JSON, or that is too large.
  if (hasClientStatus(error)) return { code: 'bad-argument', message: error.message };
  if (!isClientGone(error)) onFailure(error);
  return { code: 'internal', message: 'The server failed to answer; its terminal says why' };
};

export const sendError = (reply: FastifyReply, error: unknown, onFailure: FailureListener): FastifyReply => {
  const body = toErrorBody(error, onFailure);
  return reply.code(ERROR_KINDS[body.code].status).type('application/json; charset=utf-8').send(body);
};

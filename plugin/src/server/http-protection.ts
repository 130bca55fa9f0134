import type { FastifyInstance } from 'fastify';
import { checkHost, checkOrigin, type GuardedRequest } from './access-guard.ts';

/** Refuses requests of other machines and other pages. @throws ProfilerError 'foreign-origin' */
export const checkSource = (request: GuardedRequest): void => {
  checkHost(request);
  checkOrigin(request);
};

/** What every answer says, whoever asks for whatever; `checkRequest` throws where there is to be none. */
export const protectAnswers = (app: FastifyInstance, checkRequest: (request: GuardedRequest) => void): void => {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    checkRequest(request);
    done();
  });
};

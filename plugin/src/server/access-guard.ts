import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LIVE_TOKEN_PROTOCOL_PREFIX } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';

/** The part of a request that is looked at. */
export interface GuardedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly method?: string | undefined;
}

/** 192 bits: cannot be guessed, and needs no limit of attempts. */
const TOKEN_BYTES = 24;

/**
 * Names of this machine for itself. A page elsewhere that makes its own name point at 127.0.0.1 (DNS rebinding) still sends its name. The
 * port may be any: behind a tunnel such as `ssh -L 9000:localhost:8080` the browser knows another than we do.
 */
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

export const generateToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** @throws ProfilerError 'foreign-origin' */
export const checkHost = (request: GuardedRequest): void => {
  if (LOOPBACK_HOST.test(request.headers.host ?? '')) return;
  throw new ProfilerError('foreign-origin', 'This server answers only to localhost, 127.0.0.1 and [::1]');
};

/**
 * A browser says which page a change or a websocket comes from: it must be ours. Programs that are no browsers send no Origin.
 * @throws ProfilerError 'foreign-origin'
 */
export const checkOrigin = (request: GuardedRequest): void => {
  const { origin, upgrade, host } = request.headers;
  if (origin === undefined) return;
  const isReading = (request.method === 'GET' || request.method === 'HEAD') && upgrade === undefined;
  if (isReading || origin.toLowerCase() === `http://${host ?? ''}`.toLowerCase()) return;
  throw new ProfilerError('foreign-origin', 'A page of another origin may not do this');
};

/** Knows the one token of this run of the server. Compares digests, so that neither length nor content shows in the time it takes. */
export class TokenChecker {
  readonly #digest: Buffer;

  constructor(token: string) {
    this.#digest = digest(token);
  }

  /** @throws ProfilerError 'unauthorized' */
  check(request: GuardedRequest): void {
    const given = bearerToken(request) ?? subprotocolToken(request);
    if (given !== undefined && timingSafeEqual(digest(given), this.#digest)) return;
    throw new ProfilerError(
      'unauthorized',
      given === undefined ? 'The access token is missing' : 'The access token is wrong',
    );
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const bearerToken = (request: GuardedRequest): string | undefined =>
  /^Bearer ([\w-]+)$/i.exec(request.headers.authorization ?? '')?.[1];

/** Only for websockets, where a browser can set no other header. */
const subprotocolToken = (request: GuardedRequest): string | undefined =>
  request.headers.upgrade === undefined
    ? undefined
    : request.headers['sec-websocket-protocol']
        ?.split(',')
        .map((protocol) => protocol.trim())
        .find((protocol) => protocol.startsWith(LIVE_TOKEN_PROTOCOL_PREFIX))
        ?.slice(LIVE_TOKEN_PROTOCOL_PREFIX.length);

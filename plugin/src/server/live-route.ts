import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import type { StatusMessage } from '#trace/contract/api.ts';
import type { Recorder } from '../session/recorder.ts';
import { ErrorBodySchema, LiveQuerySchema } from './api-schemas.ts';
import type { FailureListener } from './error-answers.ts';
import { buildStatus } from './server-status.ts';

/** How often followers hear of what changes by itself: size and losses of the recording, a target that left or came back. */
const STATUS_INTERVAL_MS = 1_000;
/** A browser that did not answer within this is gone, however open its connection looks. */
const HEARTBEAT_INTERVAL_MS = 30_000;
/** With so much still to send to a follower, a status would only add to it; a later one says more. */
const MAX_PENDING_FOR_STATUS_BYTES = 256 * 1024;

const OPEN = 1;
/** Close code of a server that cannot go on (RFC 6455, 7.4.1). */
const INTERNAL_ERROR = 1011;

export interface LiveParts {
  readonly version: string;
  readonly recorder: Recorder | undefined;
  readonly onFailure: FailureListener;
}

interface LiveQuery {
  readonly recording?: string;
  readonly after?: string;
}

/** Where a follower left off. */
interface Resumption {
  readonly recording: string;
  readonly after: number;
}

export const liveRoute = (parts: LiveParts): FastifyPluginCallback => {
  const broadcaster = new StatusBroadcaster(parts);

  return (app: FastifyInstance, _options, done) => {
    app.get<{ Querystring: LiveQuery }>(
      '/live',
      {
        websocket: true,
        schema: {
          summary: 'Websocket: a status at first and whenever it changes, and the lines of the recording in progress',
          querystring: LiveQuerySchema,
          response: { '4xx': ErrorBodySchema },
        },
      },
      (socket, request) => {
        const { recording, after } = request.query;
        const leaving = new AbortController();
        socket.once('close', () => leaving.abort());
        // The close that follows is what ends it.
        socket.on('error', () => leaving.abort());
        broadcaster.add(socket);
        const resumption = recording === undefined ? undefined : { recording, after: Number(after ?? -1) };
        followRecordings(socket, parts.recorder, resumption, leaving).catch((error: unknown) => {
          parts.onFailure(error);
          socket.close(INTERNAL_ERROR, 'internal');
        });
      },
    );
    done();
  };
};

/** The recording in progress, without what the follower has of it, then each that is made while it stays. */
const followRecordings = async (
  socket: WebSocket,
  recorder: Recorder | undefined,
  resumption: Resumption | undefined,
  leaving: AbortController,
): Promise<void> => {
  const { signal } = leaving;
  let last = '';
  while (recorder !== undefined && !signal.aborted) {
    const current = recorder.feed();
    if (current === undefined || current.id === last) {
      await nextChange(recorder, signal);
      continue;
    }
    last = current.id;
    const after = resumption?.recording === current.id ? { after: resumption.after } : {};
    for await (const line of current.feed.follow({ ...after, signal })) {
      if (!(await send(socket, line))) leaving.abort();
    }
  }
};

/** Resolves when the kernel has taken the message, so that a slow follower slows down only itself; false where it has left. */
const send = (socket: WebSocket, text: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    socket.send(text, { binary: false }, (error) => resolve(!error));
  });

const nextChange = (recorder: Recorder, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = (): void => {
      takeBack();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const takeBack = recorder.onChange(wake);
    signal.addEventListener('abort', wake, { once: true });
  });

/** Tells every follower the status when it changed: built and encoded once for all. */
class StatusBroadcaster {
  readonly #parts: LiveParts;
  /** With whether the socket answered since the last heartbeat. */
  readonly #sockets = new Map<WebSocket, boolean>();
  readonly #timers: NodeJS.Timeout[] = [];
  #last = '';
  #takeBack: (() => void) | undefined;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  add(socket: WebSocket): void {
    if (this.#sockets.size === 0) this.#begin();
    this.#sockets.set(socket, true);
    socket.on('pong', () => this.#sockets.set(socket, true));
    socket.once('close', () => this.#remove(socket));
    const message = this.#encode();
    // Those who are here already get what changed with the newcomer's.
    if (message !== this.#last) this.#tellAll(message);
    else socket.send(message);
  }

  #begin(): void {
    this.#takeBack = this.#parts.recorder?.onChange(() => this.#tellIfChanged());
    this.#timers.push(
      setInterval(() => this.#tellIfChanged(), STATUS_INTERVAL_MS),
      setInterval(() => this.#checkHearts(), HEARTBEAT_INTERVAL_MS),
    );
  }

  #remove(socket: WebSocket): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size > 0) return;
    this.#takeBack?.();
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  #encode(): string {
    const message: StatusMessage = { kind: 'status', status: buildStatus(this.#parts.version, this.#parts.recorder) };
    return JSON.stringify(message);
  }

  #tellIfChanged(): void {
    const message = this.#encode();
    if (message !== this.#last) this.#tellAll(message);
  }

  #tellAll(message: string): void {
    this.#last = message;
    for (const socket of this.#sockets.keys()) {
      if (socket.readyState === OPEN && socket.bufferedAmount <= MAX_PENDING_FOR_STATUS_BYTES) socket.send(message);
    }
  }

  #checkHearts(): void {
    for (const [socket, isAlive] of this.#sockets) {
      if (!isAlive) socket.terminate();
      this.#sockets.set(socket, false);
      socket.ping();
    }
  }
}

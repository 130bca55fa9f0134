/**
 * Follows one recording over the websocket: replays what the page does not have yet, then goes on live. A lost connection is
 * taken up again where it broke off, with growing pauses.
 */
import { LIVE_PROTOCOL, LIVE_TOKEN_PROTOCOL_PREFIX, type ServerStatus } from '#trace/contract/api.ts';
import { decodeLine } from '#trace/contract/codec.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';

const FIRST_PAUSE_MS = 250;
/** Long enough not to flood a master that comes back, short enough for a reader who waits. */
const LONGEST_PAUSE_MS = 5000;

/** The part of WebSocket in use, so that tests can play the server. */
export interface LiveSocket {
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  close(): void;
}

export interface LiveTarget {
  /** `ws:` or `wss:` address of the live endpoint, without a query. */
  readonly url: string;
  readonly token: string | undefined;
  readonly recordingId: string;
}

export interface LiveListener {
  /** May bring lines that came before, after a new connection. */
  readonly onLine: (line: TraceLine) => void;
  readonly onStatus: (status: ServerStatus) => void;
  readonly onConnected: () => void;
  readonly onLost: () => void;
  /** The server no longer records what is followed, and its end was not seen: the rest is in the file. */
  readonly onGone: () => void;
  /** What came cannot be read; the connection is given up. */
  readonly onProblem: (error: unknown) => void;
}

export interface LiveSurroundings {
  readonly openSocket: (url: string, protocols: string[]) => LiveSocket;
  /** Runs `action` later; returns how to call it off. */
  readonly schedule: (action: () => void, milliseconds: number) => () => void;
}

export class LiveFollower {
  readonly #target: LiveTarget;
  readonly #listener: LiveListener;
  readonly #surroundings: LiveSurroundings;
  #socket: LiveSocket | undefined;
  #callOff: (() => void) | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #hasStatus = false;
  #lastSequence: number | undefined;

  constructor(target: LiveTarget, listener: LiveListener, surroundings: LiveSurroundings) {
    this.#target = target;
    this.#listener = listener;
    this.#surroundings = surroundings;
    this.#connect();
  }

  close(): void {
    this.#callOff?.();
    this.#dropSocket();
  }

  #connect(): void {
    const url = new URL(this.#target.url);
    url.searchParams.set('recording', this.#target.recordingId);
    if (this.#lastSequence !== undefined) url.searchParams.set('after', this.#lastSequence.toString());
    const protocols = [LIVE_PROTOCOL];
    if (this.#target.token !== undefined) protocols.push(LIVE_TOKEN_PROTOCOL_PREFIX + this.#target.token);
    const socket = this.#surroundings.openSocket(url.href, protocols);
    this.#socket = socket;
    this.#hasStatus = false;
    socket.onopen = () => this.#listener.onConnected();
    socket.onmessage = ({ data }) => this.#receive(data as unknown);
    socket.onclose = () => this.#reconnect();
  }

  #reconnect(): void {
    this.#dropSocket();
    this.#listener.onLost();
    this.#callOff = this.#surroundings.schedule(() => this.#connect(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #receive(data: unknown): void {
    // The decoder throws a ProfilerError on whatever is no line of a trace; a line may also not fit the model.
    try {
      const text = String(data);
      const status = parseStatus(text);
      if (status === undefined) this.#takeLine(decodeLine(text));
      else this.#takeStatus(status);
    } catch (error: unknown) {
      this.close();
      this.#listener.onProblem(error);
    }
  }

  #takeStatus(status: ServerStatus): void {
    const isFirst = !this.#hasStatus;
    this.#hasStatus = true;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#listener.onStatus(status);
    // A later status without the recording is about to be followed by its end line; a first one is not.
    if (isFirst && status.current?.id !== this.#target.recordingId) this.#giveUp();
  }

  #takeLine(line: TraceLine): void {
    switch (line.kind) {
      case 'header':
        if (line.recordingId === this.#target.recordingId) this.#listener.onLine(line);
        else this.#giveUp();
        return;
      case 'chunk':
        this.#lastSequence = line.sequence;
        this.#listener.onLine(line);
        return;
      case 'end':
        this.close();
        this.#listener.onLine(line);
    }
  }

  #giveUp(): void {
    if (this.#socket === undefined) return;
    this.close();
    this.#listener.onGone();
  }

  #dropSocket(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}

const parseStatus = (text: string): ServerStatus | undefined => {
  const message = JSON.parse(text) as { kind?: unknown; status?: ServerStatus } | null;
  return message?.kind === 'status' ? message.status : undefined;
};

import http from 'node:http';
import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import {
  API_ROOT,
  type ErrorBody,
  type Examination,
  type RecordingSummary,
  type ServerStatus,
  type StartRequest,
  type ThreadDump,
} from '#trace/contract/api.ts';
import { isErrorCode, ProfilerError } from '#trace/contract/errors.ts';
import { findMasterSocket } from '../session/master-socket.ts';
import type { TargetOptions } from './options.ts';

/** One that answers does so at once, or after reading a process for a second. */
const ANSWER_TIMEOUT_MS = 15_000;

/**
 * Talks to the sampler that a master's plugin has started, through its socket and so without the master: one whose reactor is stuck can still
 * be recorded, by a process that it has long allowed to read it.
 */
export class MasterClient {
  readonly socket: string;

  private constructor(socket: string) {
    this.socket = socket;
  }

  /** Undefined where no sampler of a plugin answers, or not to this user. */
  static async find({ basedir }: TargetOptions): Promise<MasterClient | undefined> {
    const socket = basedir === undefined ? undefined : findMasterSocket(basedir);
    if (socket === undefined) return undefined;
    const client = new MasterClient(socket);
    try {
      const { canRecord } = await client.status();
      return canRecord ? client : undefined;
    } catch {
      // Left behind by one that was killed, or not ours to open.
      return undefined;
    }
  }

  status(): Promise<ServerStatus> {
    return this.#ask('GET', 'status');
  }

  start(request: StartRequest): Promise<RecordingSummary> {
    return this.#ask('POST', 'recordings', request);
  }

  /** @throws ProfilerError 'not-recording' where it has ended by itself */
  stop(): Promise<RecordingSummary> {
    return this.#ask('POST', 'recordings/current/stop');
  }

  /** Cheap while it is in progress; once it has ended, all recordings are listed. */
  async describe(id: string): Promise<RecordingSummary | undefined> {
    const { current } = await this.status();
    if (current?.id === id) return current;
    const recordings = await this.#ask<readonly RecordingSummary[]>('GET', 'recordings');
    return recordings.find((recording) => recording.id === id);
  }

  /** The trace as gzip. */
  download(id: string): Promise<Readable> {
    return this.#request('GET', `recordings/${id}`);
  }

  dump(): Promise<readonly ThreadDump[]> {
    return this.#ask('GET', 'dump');
  }

  examine(): Promise<Examination> {
    return this.#ask('GET', 'examination');
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    return (await json(await this.#request(method, path, body))) as T;
  }

  /** @throws ProfilerError as the sampler does, or 'sampler-failed' where it does not answer */
  async #request(method: string, path: string, body?: object): Promise<Readable> {
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = http.request({ socketPath: this.socket, path: `/${API_ROOT}/${path}`, method, headers }, resolve);
    request.setTimeout(ANSWER_TIMEOUT_MS, () => request.destroy(new Error('no answer in time')));
    request.on('error', (error) =>
      reject(new ProfilerError('sampler-failed', `The sampler of the plugin does not answer: ${error.message}`)),
    );
    request.end(body === undefined ? undefined : JSON.stringify(body));
    const answer = await promise;
    if ((answer.statusCode ?? 0) < 400) return answer;
    const { code, message } = (await json(answer)) as ErrorBody;
    throw new ProfilerError(isErrorCode(code) ? code : 'internal', message);
  }
}

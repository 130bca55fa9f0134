import { InjectionToken } from '@angular/core';
import type {
  ExportFormat,
  RecordingPatch,
  RecordingSummary,
  ServerStatus,
  StartRequest,
} from '#trace/contract/api.ts';
import { API_ROOT } from '#trace/contract/api.ts';
import { brokeOff, nobodyAnswered } from '../shared/connection-error.ts';
import { decodeFailure } from '../shared/decode-failure.ts';
import { readBody, readLength } from '../shared/response-body.ts';

/** Who follows a transfer, and may end it. */
export interface TransferWatch {
  readonly signal: AbortSignal;
  /** In bytes; the total is 0 where it is not known. */
  readonly onProgress: (loadedBytes: number, totalBytes: number) => void;
}

export interface ApiOptions {
  /** Where the page is served from, ending in a slash. */
  readonly baseUrl: string;
  readonly token: string | undefined;
}

export const API_OPTIONS = new InjectionToken<ApiOptions>('API_OPTIONS');

/** The server's REST interface, typed. Every failure is a ProfilerError, or a ConnectionError where nobody answered or not to the end. */
export class ApiClient {
  readonly #root: string;
  readonly #token: string | undefined;

  constructor(options: ApiOptions) {
    this.#root = new URL(`${API_ROOT}/`, options.baseUrl).href;
    this.#token = options.token;
  }

  loadStatus(): Promise<ServerStatus> {
    return this.#loadJson<ServerStatus>('GET', 'status');
  }

  loadRecordings(): Promise<readonly RecordingSummary[]> {
    return this.#loadJson<readonly RecordingSummary[]>('GET', 'recordings');
  }

  startRecording(request: StartRequest): Promise<RecordingSummary> {
    return this.#loadJson<RecordingSummary>('POST', 'recordings', request);
  }

  stopRecording(): Promise<RecordingSummary> {
    return this.#loadJson<RecordingSummary>('POST', 'recordings/current/stop');
  }

  changeRecording(id: string, patch: RecordingPatch): Promise<RecordingSummary> {
    return this.#loadJson<RecordingSummary>('PATCH', recordingPath(id), patch);
  }

  async deleteRecording(id: string): Promise<void> {
    await this.#request('DELETE', recordingPath(id));
  }

  /** In another format than our own, the server converts it, for as long as somebody waits for it. */
  async loadRecordingFile(id: string, format: ExportFormat, { signal, onProgress }: TransferWatch): Promise<Blob> {
    const query = format === 'bbprof' ? '' : `?format=${format}`;
    const response = await this.#request('GET', recordingPath(id) + query, undefined, signal);
    const totalBytes = readLength(response);
    try {
      // Chromium reports an answer without a length, once a script has read it to its end, as one that was broken off, more often than not. There is no share to tell of it anyway.
      if (totalBytes === 0) return await response.blob();
      const body = readBody(response, (loadedBytes) => onProgress(loadedBytes, totalBytes));
      // The browser holds it apart from the page's memory.
      return await new Response(body, { headers: response.headers }).blob();
    } catch (error: unknown) {
      // Some browsers put an error of their own in the place of the stream's.
      signal.throwIfAborted();
      throw brokeOff(error);
    }
  }

  async #loadJson<T>(method: string, path: string, body?: object): Promise<T> {
    return (await (await this.#request(method, path, body)).json()) as T;
  }

  async #request(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Response> {
    const headers = new Headers();
    if (this.#token !== undefined) headers.set('Authorization', `Bearer ${this.#token}`);
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    const response = await fetch(this.#root + path, {
      method,
      headers,
      cache: 'no-store',
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw nobodyAnswered(error);
    });
    if (!response.ok) throw await decodeFailure(response);
    return response;
  }
}

const recordingPath = (id: string): string => `recordings/${encodeURIComponent(id)}`;

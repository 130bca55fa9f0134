import { InjectionToken } from '@angular/core';
import type {
  ExportFormat,
  RecordingPatch,
  RecordingSummary,
  ServerStatus,
  StartRequest,
} from '#trace/contract/api.ts';
import { API_ROOT } from '#trace/contract/api.ts';
import { decodeFailure } from '../shared/decode-failure.ts';
import type { Failure } from '../shared/failure.ts';

/** Nobody answered. */
export class OfflineError extends Error {
  override readonly name = 'OfflineError';
  readonly failure: Failure = { code: 'offline', message: 'The profiler server does not answer.' };
}

export interface ApiOptions {
  /** Where the page is served from, ending in a slash. */
  readonly baseUrl: string;
  readonly token: string | undefined;
}

export const API_OPTIONS = new InjectionToken<ApiOptions>('API_OPTIONS');

/** The server's REST interface, typed. Every failure is a ProfilerError, or an OfflineError where nobody answered. */
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

  async loadRecordingFile(id: string, format: ExportFormat = 'bbprof'): Promise<Blob> {
    const query = format === 'bbprof' ? '' : `?format=${format}`;
    return (await this.#request('GET', recordingPath(id) + query)).blob();
  }

  async #loadJson<T>(method: string, path: string, body?: object): Promise<T> {
    return (await (await this.#request(method, path, body)).json()) as T;
  }

  async #request(method: string, path: string, body?: object): Promise<Response> {
    const headers = new Headers();
    if (this.#token !== undefined) headers.set('Authorization', `Bearer ${this.#token}`);
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    const response = await fetch(this.#root + path, {
      method,
      headers,
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new OfflineError('The profiler server does not answer.', { cause: error });
    });
    if (!response.ok) throw await decodeFailure(response);
    return response;
  }
}

const recordingPath = (id: string): string => `recordings/${encodeURIComponent(id)}`;

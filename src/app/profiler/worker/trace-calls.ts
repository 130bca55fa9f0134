/** What the page may ask of the worker, and what the worker tells unasked. */
import type { ServerStatus } from '#trace/contract/api.ts';
import type { AnalysisAnswer, AnalysisRequest } from '../shared/analysis-messages.ts';
import type { FileConversion } from './convert-file.ts';
import type { OpenRecording } from './trace-session.ts';
import type { TraceState } from '../shared/trace-state.ts';

export interface TraceCalls {
  readonly openRecording: { readonly input: OpenRecording; readonly output: void };
  readonly openFile: { readonly input: File; readonly output: void };
  readonly stopReading: { readonly input: undefined; readonly output: void };
  readonly close: { readonly input: undefined; readonly output: void };
  readonly convertFile: { readonly input: FileConversion; readonly output: Blob };
  readonly analyse: { readonly input: AnalysisRequest; readonly output: AnalysisAnswer };
}

export type TraceNotice =
  { readonly kind: 'trace'; readonly state: TraceState } | { readonly kind: 'status'; readonly status: ServerStatus };

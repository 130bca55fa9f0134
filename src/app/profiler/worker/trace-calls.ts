/** What the page may ask of the worker, and what the worker tells unasked. */
import type { ServerStatus } from '#trace/contract/api.ts';
import type { AnalysisRequest } from '../shared/analysis-messages.ts';
import type { PackedAnswer } from './answer-packing.ts';
import type { FileConversion } from './convert-file.ts';
import type { OpenRecording } from './trace-session.ts';
import type { TraceSide, TraceState } from '../shared/trace-state.ts';

interface OfSide {
  readonly side: TraceSide;
}

export interface TraceCalls {
  readonly openRecording: { readonly input: OfSide & { readonly recording: OpenRecording }; readonly output: void };
  readonly openFile: { readonly input: OfSide & { readonly file: File }; readonly output: void };
  readonly stopReading: { readonly input: OfSide; readonly output: void };
  readonly close: { readonly input: OfSide; readonly output: void };
  readonly convertFile: { readonly input: FileConversion; readonly output: Blob };
  readonly analyse: { readonly input: AnalysisRequest; readonly output: PackedAnswer };
}

export type TraceNotice =
  | (OfSide & { readonly kind: 'trace'; readonly state: TraceState })
  | { readonly kind: 'status'; readonly status: ServerStatus }
  /** How much was read of the file that is converted. */
  | { readonly kind: 'conversion'; readonly loadedBytes: number };

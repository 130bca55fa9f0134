import type { ErrorCode } from '#trace/contract/errors.ts';
import type { TraceEnd, TraceHeader, TraceLine } from '#trace/contract/trace-lines.ts';
import type { SamplerOptions } from './sampling-loop.ts';

/** What the sampler's worker is started with. */
export interface SamplerWorkerData {
  readonly options: SamplerOptions;
  /** One 32-bit word: 0 while sampling goes on, {@link STOP_ASKED} when it is to stop. The worker sleeps on it. */
  readonly control: SharedArrayBuffer;
}

export const STOP_ASKED = 1;

/** What the worker tells: attached or not, each line, and the end. */
export type SamplerMessage =
  | { readonly kind: 'attached'; readonly header: TraceHeader }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly fields: Readonly<Record<string, string | number>>;
    }
  | { readonly kind: 'line'; readonly line: TraceLine }
  | { readonly kind: 'finished'; readonly end: TraceEnd };

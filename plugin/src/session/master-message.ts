import type { RecordingMode } from '#trace/contract/trace-lines.ts';
import type { MasterEvent } from './build-ledger.ts';

/** How the master's service wants to be recorded. */
export interface MasterServiceSettings {
  /** A folder and the beginning of the files' names. */
  readonly basepath: string;
  readonly frequencyHz: number;
  readonly periodSeconds: number;
  readonly mode: RecordingMode;
  readonly maximumAgeSeconds?: number;
  readonly maximumTotalBytes?: number;
  readonly minimumFreeBytes?: number;
}

/** What the plugin in a master tells its sampler. */
export type MasterMessage =
  /** Record day and night like this; without settings, no more. */
  | { readonly kind: 'service'; readonly settings?: MasterServiceSettings }
  /** Finished builds to keep for recordings that begin later. */
  | { readonly kind: 'keep-builds'; readonly count: number }
  | { readonly kind: 'builds'; readonly events: readonly MasterEvent[] };

/**
 * REST and websocket messages between page and server. All paths are relative to {@link API_ROOT}.
 *
 * | request | answer |
 * |---|---|
 * | `GET status` | {@link ServerStatus} |
 * | `POST recordings` with {@link StartRequest} | 201 {@link RecordingSummary}; 409 while one runs |
 * | `POST recordings/current/stop` | {@link RecordingSummary} |
 * | `GET recordings` | {@link RecordingSummary}[] newest first |
 * | `GET recordings/{id}` | the trace, gzip (`?format=` one of {@link EXPORT_FORMATS}, `&weight=`, `&redact=true`) |
 * | `PATCH recordings/{id}` with {@link RecordingPatch} | {@link RecordingSummary} |
 * | `DELETE recordings/{id}` | 204 |
 * | `GET dump` | {@link ThreadDump}[]: all stacks, now (in a Buildbot master only) |
 * | `GET examination` | {@link Examination}: what stands in the way of reading the target (in a Buildbot master only) |
 * | `GET openapi.json` | the OpenAPI description |
 * | websocket `live?recording=ID&after=SEQUENCE` | {@link LiveMessage}s, one JSON text a message |
 */
import type { ErrorCode } from './errors.ts';
import type { GilState, ThreadState } from './thread-state.ts';
import type { Bytes, Microseconds, UnixMilliseconds } from './units.ts';
import type {
  EndReason,
  LossCounts,
  RecordingMode,
  TargetDescription,
  TraceChunk,
  TraceEnd,
  TraceHeader,
} from './trace-lines.ts';

export const API_ROOT = 'api/v1';

/** Websocket subprotocol; the access token rides in a second one, since browsers can set no headers there. */
export const LIVE_PROTOCOL = 'bbprofiler.v1';
export const LIVE_TOKEN_PROTOCOL_PREFIX = 'bbprofiler.token.';

export const DEFAULT_FREQUENCY_HZ = 100;
export const MIN_FREQUENCY_HZ = 1;
/** Beyond it a tick costs more than its period. */
export const MAX_FREQUENCY_HZ = 10_000;
export const DEFAULT_PERIOD_SECONDS = 30 * 60;
export const MAX_PERIOD_SECONDS = 24 * 60 * 60;
export const DEFAULT_MODE: RecordingMode = 'virtual';
/** Of a recording, in characters: what a line in a list can show. */
export const MAX_NAME_LENGTH = 200;
/** In characters: a few pages of what was seen; more belongs into a file of its own. */
export const MAX_NOTE_LENGTH = 10_000;

export const EXPORT_FORMATS = ['bbprof', 'html', 'collapsed', 'speedscope', 'pprof', 'firefox', 'cpuprofile'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface StartRequest {
  readonly frequencyHz?: number;
  readonly periodSeconds?: number;
  readonly mode?: RecordingMode;
}

export interface RecordingPatch {
  readonly name?: string;
  readonly note?: string;
}

export interface RecordingSummary {
  readonly id: string;
  /** Given by the user; empty at first. */
  readonly name: string;
  readonly note: string;
  readonly target: TargetDescription;
  readonly frequencyHz: number;
  readonly periodSeconds: number;
  readonly mode: RecordingMode;
  readonly startedAt: UnixMilliseconds;
  /** Time of the last tick or of the end. */
  readonly duration: Microseconds;
  readonly size: Bytes;
  readonly losses: LossCounts;
  /** Absent while it records; `cut` where the file ends without saying why. */
  readonly endReason?: EndReason | 'cut';
  readonly endMessage?: string;
}

export interface ServerStatus {
  readonly version: string;
  /** Whether this server has a sampler; a viewer of files has none. */
  readonly canRecord: boolean;
  readonly target?: TargetDescription;
  /** Why the target cannot be recorded now. */
  readonly targetProblem?: ErrorBody;
  readonly current?: RecordingSummary;
}

export interface DumpedFrame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/** One thread at one moment. */
export interface ThreadDump {
  readonly name: string;
  readonly nativeId: number;
  readonly isMain: boolean;
  readonly state: ThreadState;
  readonly gil: GilState;
  /** Leaf first; empty where the stack could not be read, which the state tells. */
  readonly frames: readonly DumpedFrame[];
}

export const VERDICTS = ['ok', 'blocks', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One thing that could stand in the way of reading a process. */
export interface AttachCheck {
  readonly subject: string;
  readonly verdict: Verdict;
  /** What was found: a clause without a full stop. */
  readonly fact: string;
}

/** What was found out about reading a process. */
export interface Examination {
  readonly checks: readonly AttachCheck[];
  /** Whether it can be read, as a sentence. */
  readonly conclusion: string;
  /** What clears the way; sentences, any one of which is enough. */
  readonly remedies: readonly string[];
  /** What another command would fail with. */
  readonly error?: ErrorBody;
}

export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface StatusMessage {
  readonly kind: 'status';
  readonly status: ServerStatus;
}

/**
 * What the live websocket sends: a status at first and whenever it changes; the lines of the recording in progress, starting with its
 * header, in which chunks up to `after` are left out if `recording` names it.
 */
export type LiveMessage = StatusMessage | TraceHeader | TraceChunk | TraceEnd;

import { API_ROOT } from '#trace/contract/api.ts';
import type { TraceSide, TraceSource } from '../shared/trace-state.ts';
import type { ActivityMonitor } from './activity-monitor.ts';
import type { ApiOptions } from './api-client.ts';
import type { ServerMonitor } from './server-monitor.ts';
import type { TraceClient } from './trace-client.ts';

export interface SlotSurroundings {
  readonly client: TraceClient;
  readonly monitor: ServerMonitor;
  readonly options: ApiOptions;
  readonly activity: ActivityMonitor;
  /** By the names in their sources. A link cannot bring a file back, but going back in this tab can. */
  readonly heldFiles: ReadonlyMap<string, File>;
}

/** One of the traces that the worker holds: brings it to what is chosen for it, live where it is being recorded. */
export class TraceSlot {
  readonly #side: TraceSide;
  readonly #surroundings: SlotSurroundings;
  #opened: TraceSource | File | undefined;

  constructor(side: TraceSide, surroundings: SlotSurroundings) {
    this.#side = side;
    this.#surroundings = surroundings;
  }

  open(source: TraceSource | undefined): void {
    const held = source?.kind === 'file' ? this.#surroundings.heldFiles.get(source.name) : undefined;
    const wanted = held ?? source;
    if (isSameTarget(wanted, this.#opened)) return;
    this.#opened = wanted;
    void this.#surroundings.activity.during(this.#load(source, held));
  }

  /** From its start. */
  readAgain(source: TraceSource | undefined): void {
    this.#opened = undefined;
    this.open(source);
  }

  /** How it went is told by the state of the trace. */
  async #load(source: TraceSource | undefined, held: File | undefined): Promise<void> {
    const { client, monitor, options } = this.#surroundings;
    if (held !== undefined) return client.openFile(held, this.#side);
    if (source?.kind !== 'recording') return client.close(this.#side);
    const root = new URL(`${API_ROOT}/`, options.baseUrl);
    const isLive = monitor.status?.current?.id === source.id;
    const recording = {
      id: source.id,
      url: new URL(`recordings/${encodeURIComponent(source.id)}`, root).href,
      token: options.token,
      ...(isLive ? { liveUrl: new URL('live', root).href.replace(/^http/, 'ws') } : {}),
    };
    return client.openRecording(recording, this.#side);
  }
}

export const isSameSource = (a: TraceSource | undefined, b: TraceSource | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const isSameTarget = (a: TraceSource | File | undefined, b: TraceSource | File | undefined): boolean =>
  a instanceof File || b instanceof File ? a === b : isSameSource(a, b);

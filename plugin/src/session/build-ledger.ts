import type { BuildResult, TraceEvent } from '#trace/contract/trace-lines.ts';
import { microseconds, type UnixMilliseconds } from '#trace/contract/units.ts';

/** Finished builds that are kept for recordings that begin later, unless told otherwise. */
const DEFAULT_KEPT_BUILDS = 100;
/** Steps of all kept builds together: builds with hundreds of steps exist, and each recording begins with all of them. */
export const MAX_KEPT_STEPS = 20_000;
/** Builds that seem to run: more than a master has workers for, or their ends were lost. */
export const MAX_RUNNING_BUILDS = 10_000;
/** What a recording has not taken yet. It takes twice a second; a sampler that hangs takes nothing. */
export const MAX_PENDING_EVENTS = 50_000;

interface WallTimes {
  /** Buildbot knows whole seconds. */
  readonly startedAt: UnixMilliseconds;
  readonly endedAt?: UnixMilliseconds;
  readonly result?: BuildResult;
}

/** What a master tells of its builds; one with the kind and id of an earlier one takes its place. */
export type MasterEvent =
  | (WallTimes & {
      readonly kind: 'build';
      readonly id: number;
      readonly number: number;
      readonly builder: string;
      readonly worker: string;
    })
  | (WallTimes & { readonly kind: 'step'; readonly id: number; readonly buildId: number; readonly name: string });

type Build = Extract<MasterEvent, { kind: 'build' }>;
type Step = Extract<MasterEvent, { kind: 'step' }>;

const MICROSECONDS_PER_MILLISECOND = 1000;

/** As the events of a recording that began at `zero` have it. */
export const toTraceEvent = ({ startedAt, endedAt, ...event }: MasterEvent, zero: UnixMilliseconds): TraceEvent => ({
  ...event,
  start: microseconds((startedAt - zero) * MICROSECONDS_PER_MILLISECOND),
  ...(endedAt === undefined ? {} : { end: microseconds((endedAt - zero) * MICROSECONDS_PER_MILLISECOND) }),
});

/** The builds that run and the last that finished, with their steps, for every recording that is or will be made. */
export class BuildLedger {
  readonly #builds = new Map<number, Build>();
  readonly #steps = new Map<number, Step>();
  readonly #readers = new Set<LedgerReader>();
  #keptBuilds = DEFAULT_KEPT_BUILDS;

  /** Finished builds to keep. */
  set keptBuilds(count: number) {
    this.#keptBuilds = count;
    this.#prune();
  }

  take(events: readonly MasterEvent[]): void {
    for (const event of events) {
      if (!this.#isNews(event)) continue;
      // Put last: the maps stay in the order of the latest news.
      if (event.kind === 'build') replace(this.#builds, event);
      else replace(this.#steps, event);
      for (const reader of this.#readers) reader.add(event);
    }
    this.#prune();
  }

  /** What is over stays so: a row that was read before its end may be told after it. Steps of builds that nobody knows have no place. */
  #isNews(event: MasterEvent): boolean {
    if (event.kind === 'step' && !this.#builds.has(event.buildId)) return false;
    const known = event.kind === 'build' ? this.#builds.get(event.id) : this.#steps.get(event.id);
    return event.endedAt !== undefined || known?.endedAt === undefined;
  }

  /** Everything there is, builds before their steps. */
  all(): MasterEvent[] {
    return [...this.#builds.values(), ...this.#steps.values()];
  }

  /** For one recording after the other; to be closed. */
  open(): LedgerReader {
    const reader = new LedgerReader(this, () => this.#readers.delete(reader));
    this.#readers.add(reader);
    return reader;
  }

  #prune(): void {
    const finished = [...this.#builds.values()].filter(({ endedAt }) => endedAt !== undefined);
    const running = this.#builds.size - finished.length;
    const gone = new Set(finished.slice(0, Math.max(0, finished.length - this.#keptBuilds)).map(({ id }) => id));
    if (running > MAX_RUNNING_BUILDS) {
      const lost = [...this.#builds.values()].filter(({ endedAt }) => endedAt === undefined);
      for (const { id } of lost.slice(0, running - MAX_RUNNING_BUILDS)) gone.add(id);
    }
    for (const id of gone) this.#builds.delete(id);
    for (const { id, buildId } of gone.size === 0 ? [] : [...this.#steps.values()])
      if (gone.has(buildId)) this.#steps.delete(id);
    for (const id of this.#steps.keys()) {
      if (this.#steps.size <= MAX_KEPT_STEPS) break;
      this.#steps.delete(id);
    }
  }
}

const replace = <T extends MasterEvent>(known: Map<number, T>, event: T): void => {
  known.delete(event.id);
  known.set(event.id, event);
};

/** What one recording has not taken of the ledger yet. */
export class LedgerReader {
  readonly #ledger: BuildLedger;
  readonly #onClose: () => void;
  readonly #pending = new Map<string, MasterEvent>();

  constructor(ledger: BuildLedger, onClose: () => void) {
    this.#ledger = ledger;
    this.#onClose = onClose;
  }

  /** For a recording that begins: all that the ledger has is news to it. */
  rewind(): void {
    this.#pending.clear();
    for (const event of this.#ledger.all()) this.add(event);
  }

  add(event: MasterEvent): void {
    const key = `${event.kind} ${String(event.id)}`;
    this.#pending.delete(key);
    this.#pending.set(key, event);
    if (this.#pending.size <= MAX_PENDING_EVENTS) return;
    for (const oldest of this.#pending.keys()) {
      this.#pending.delete(oldest);
      break;
    }
  }

  takeNews(): MasterEvent[] {
    const news = [...this.#pending.values()];
    this.#pending.clear();
    return news;
  }

  close(): void {
    this.#onClose();
  }
}

import type { TraceEvent } from '../contract/trace-lines.ts';

/** Builds, steps, suspensions and notes. One with an id that is told of again (now with its end and result) takes the place of what was known of it. */
export class EventList {
  readonly rows: TraceEvent[] = [];
  readonly #rowOf = new Map<string, number>();

  append(events: readonly TraceEvent[]): void {
    for (const event of events) {
      if (event.kind === 'note') {
        this.rows.push(event);
        continue;
      }
      const key = `${event.kind} ${event.id}`;
      const known = this.#rowOf.get(key);
      if (known === undefined) {
        this.#rowOf.set(key, this.rows.length);
        this.rows.push(event);
      } else {
        this.rows[known] = event;
      }
    }
  }
}

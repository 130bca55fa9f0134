import type { TraceEvent } from '#trace/contract/trace-lines.ts';
import type { Microseconds } from '#trace/contract/units.ts';

/** Tells of the times in which the target was stopped by a signal: once when one begins, and once more when it ends. */
export class SuspensionWatch {
  #id = 0;
  #start: Microseconds | undefined;

  /** What there is to tell now. Times are those of the looks, so they are as late as the looks are apart. */
  look(at: Microseconds, isStopped: boolean): readonly TraceEvent[] {
    const start = this.#start;
    if (isStopped === (start !== undefined)) return [];
    if (start === undefined) {
      this.#start = at;
      return [{ kind: 'suspension', id: this.#id, start: at }];
    }
    this.#start = undefined;
    return [{ kind: 'suspension', id: this.#id++, start, end: at }];
  }
}

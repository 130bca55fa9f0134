import type { TraceModel } from '#trace/model/trace-model.ts';

/** One result, for as long as neither the trace nor the question changes. */
export class LastResult<T> {
  #model: TraceModel | undefined;
  #key = '';
  #subject = '';
  #result: T | undefined;

  /** @param subject what a result is about that may be kept where it is asked for at another moment */
  get(model: TraceModel, question: readonly unknown[], compute: () => T, subject: readonly unknown[] = []): T {
    const key = JSON.stringify(question);
    if (this.#result === undefined || this.#model !== model || this.#key !== key) {
      this.#result = compute();
      this.#model = model;
      this.#key = key;
      this.#subject = JSON.stringify(subject);
    }
    return this.#result;
  }

  /** The last one, if it is about the same, of whatever moment. */
  findKept(model: TraceModel, subject: readonly unknown[]): T | undefined {
    return this.#model === model && this.#subject === JSON.stringify(subject) ? this.#result : undefined;
  }
}

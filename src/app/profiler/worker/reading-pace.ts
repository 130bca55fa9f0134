/**
 * Reading at once, and being asked questions meanwhile: a long file is read for a short time, then whatever waits is done. And what came so far is looked at now and then, each time
 * after three times as long, since a look at twice as much takes twice as long: so all looks together cost less than the last one. Of a file whose length is known, none is taken once a fifth has
 * come: it would hold up the whole, which comes soon, for a good part of the time that is left.
 */
export const READING_MS = 50;
export const FIRST_LOOK_MS = 200;
export const LOOK_GROWTH = 3;
export const LAST_LOOK_SHARE = 1 / 5;

export class ReadingPace {
  readonly #now: () => number;
  readonly #start: number;
  #lastPause: number;
  #nextLook: number;

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#start = now();
    this.#lastPause = this.#start;
    this.#nextLook = FIRST_LOOK_MS;
  }

  /** Whether it is time to let others work; asked once a line. */
  isPauseDue(): boolean {
    const now = this.#now();
    if (now - this.#lastPause < READING_MS) return false;
    this.#lastPause = now;
    return true;
  }

  /** Whether what came so far is to be shown now; `share` of the file, absent where its length is not known. */
  isLookDue(share: number | undefined): boolean {
    const elapsed = this.#now() - this.#start;
    if (elapsed < this.#nextLook || (share ?? 0) > LAST_LOOK_SHARE) return false;
    this.#nextLook = elapsed * LOOK_GROWTH;
    return true;
  }
}

/**
 * Says whether anything is under way that will still change the page: `data-bbp-state` on the root element is `busy` or `idle`. Idle is
 * said two frames after the last activity ended, when its result is painted. Tests in a browser wait for it instead of sleeping.
 */
export class ActivityMonitor {
  readonly #root: HTMLElement;
  readonly #nextFrame: (action: () => void) => void;
  #running = 0;
  #era = 0;

  constructor(root: HTMLElement, nextFrame: (action: () => void) => void) {
    this.#root = root;
    this.#nextFrame = nextFrame;
    this.#settle();
  }

  /** Marks the begin of something; the answer marks its end, once. */
  begin(): () => void {
    this.#running += 1;
    this.#era += 1;
    this.#root.dataset['bbpState'] = 'busy';
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#running -= 1;
      if (this.#running === 0) this.#settle();
    };
  }

  async during<T>(work: Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work;
    } finally {
      end();
    }
  }

  /** Something was painted or is about to be: idle is said later. */
  touch(): void {
    this.begin()();
  }

  #settle(): void {
    const era = this.#era;
    this.#nextFrame(() =>
      this.#nextFrame(() => {
        if (this.#running === 0 && this.#era === era) this.#root.dataset['bbpState'] = 'idle';
      }),
    );
  }
}

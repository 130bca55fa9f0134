/** Something to do once nothing was planned for a while. */
export class PauseTask {
  readonly #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** In place of what was planned before. */
  plan(action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, this.#milliseconds);
  }
}

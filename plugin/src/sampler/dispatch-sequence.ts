import type { StackBuffer } from '../cpython/stack-buffer.ts';
import { DispatchKind } from '../cpython/stack-buffer.ts';

/** No loop that we know, or no stack. */
export const NO_DISPATCH = 0;
/** The loop waits, or works for itself. */
export const IN_LOOP = -1;

/** Numbers the dispatches of one thread's event loop as they are seen, from 1 on. */
export class DispatchSequence {
  #count = 0;
  #key = 0;
  #isGoingOn = false;

  /** The number of the dispatch that a stack is in, {@link IN_LOOP} or {@link NO_DISPATCH}. */
  follow({ dispatchKind, dispatchKey }: Pick<StackBuffer, 'dispatchKind' | 'dispatchKey'>): number {
    switch (dispatchKind) {
      case DispatchKind.none:
        this.end();
        return NO_DISPATCH;
      case DispatchKind.loop:
        this.end();
        return IN_LOOP;
      case DispatchKind.callback:
        if (!this.#isGoingOn || dispatchKey !== this.#key) this.#count++;
        this.#isGoingOn = true;
        this.#key = dispatchKey;
        return this.#count;
    }
  }

  /** The loop was seen to wait: what comes next is another dispatch, whatever its key. */
  end(): void {
    this.#isGoingOn = false;
  }
}

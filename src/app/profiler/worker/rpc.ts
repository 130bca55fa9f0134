/**
 * Calls from the page to its worker, typed once: `Calls` maps a name to its input and output, and both sides derive from it. An answer is
 * `ok` or `failed`; nothing is thrown across the thread. Notices go the other way, unasked.
 */
import type { Failure, Outcome } from '../shared/failure.ts';

export type CallMap<Calls> = { readonly [K in keyof Calls]: { readonly input: unknown; readonly output: unknown } };
type Input<Calls extends CallMap<Calls>, K extends keyof Calls> = Calls[K]['input'];
type Output<Calls extends CallMap<Calls>, K extends keyof Calls> = Calls[K]['output'];

export type CallHandlers<Calls extends CallMap<Calls>> = {
  readonly [K in keyof Calls]: (input: Input<Calls, K>) => Output<Calls, K> | Promise<Output<Calls, K>>;
};

interface CallMessage {
  readonly kind: 'call';
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

interface AnswerMessage {
  readonly kind: 'answer';
  readonly id: number;
  readonly outcome: Outcome<unknown>;
}

interface NoticeMessage {
  readonly kind: 'notice';
  readonly notice: unknown;
}

/** The half of MessagePort that Worker, the worker's own scope and ports have in common. */
export interface MessageEnd {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** Carried by errors of a failed call on the calling side. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export class RpcCaller<Calls extends CallMap<Calls>, Notice> {
  readonly #end: MessageEnd;
  readonly #waiting = new Map<number, (outcome: Outcome<unknown>) => void>();
  #lastId = 0;

  constructor(end: MessageEnd, onNotice: (notice: Notice) => void) {
    this.#end = end;
    end.addEventListener('message', ({ data }: MessageEvent<AnswerMessage | NoticeMessage>) => {
      if (data.kind === 'notice') {
        onNotice(data.notice as Notice);
        return;
      }
      this.#waiting.get(data.id)?.(data.outcome);
      this.#waiting.delete(data.id);
    });
  }

  /** Rejects with a CallError where the worker answers `failed`. */
  call<K extends keyof Calls & string>(name: K, input: Input<Calls, K>): Promise<Output<Calls, K>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (outcome) => {
        if (outcome.kind === 'ok') resolve(outcome.value as Output<Calls, K>);
        else reject(new CallError(outcome.error));
      });
      this.#end.postMessage({ kind: 'call', id, name, input } satisfies CallMessage);
    });
  }

  /** Fails everything that waits: the other side is gone and will answer nothing more. */
  failAll(error: Failure): void {
    for (const answer of this.#waiting.values()) answer({ kind: 'failed', error });
    this.#waiting.clear();
  }
}

export class RpcResponder<Calls extends CallMap<Calls>, Notice> {
  readonly #end: MessageEnd;
  readonly #describe: (error: unknown) => Failure;

  constructor(end: MessageEnd, describe: (error: unknown) => Failure) {
    this.#end = end;
    this.#describe = describe;
  }

  notify(notice: Notice): void {
    this.#end.postMessage({ kind: 'notice', notice } satisfies NoticeMessage);
  }

  serve(handlers: CallHandlers<Calls>): void {
    this.#end.addEventListener('message', ({ data }: MessageEvent<CallMessage>) => {
      void this.#answer(handlers, data);
    });
  }

  async #answer(handlers: CallHandlers<Calls>, { id, name, input }: CallMessage): Promise<void> {
    let outcome: Outcome<unknown>;
    try {
      const handler = handlers[name as keyof Calls] as (input: unknown) => unknown;
      outcome = { kind: 'ok', value: await handler(input) };
    } catch (error: unknown) {
      // Whatever the handler throws is the answer: the page shows it in words.
      outcome = { kind: 'failed', error: this.#describe(error) };
    }
    this.#end.postMessage({ kind: 'answer', id, outcome } satisfies AnswerMessage, collectBuffers(outcome));
  }
}

/** The buffers of typed arrays one or two levels down: they are handed over instead of copied. */
const MAX_TRANSFER_DEPTH = 4;

export const collectBuffers = (value: unknown, depth = 0, found = new Set<ArrayBuffer>()): ArrayBuffer[] => {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (depth < MAX_TRANSFER_DEPTH && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const part of Object.values(value)) collectBuffers(part, depth + 1, found);
  }
  return [...found];
};

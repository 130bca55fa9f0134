import { defer, type ObservableInput, type Observer, Observable, type OperatorFunction, type Subscription } from 'rxjs';
import type { Failure, Outcome } from '../shared/failure.ts';

/**
 * Runs one request at a time and keeps only the newest of those that came meanwhile. Unlike switchMap, which abandons the
 * running request and so never answers a source that is faster than its requests, every started request is answered; unlike
 * concatMap, none is answered that nobody waits for any more.
 *
 * A request that fails is a value in the stream: the stream lives on and serves the next one. Unsubscribing drops both.
 */
export const latestWins =
  <Request, Answer>(
    ask: (request: Request) => ObservableInput<Answer>,
    describe: (error: unknown) => Failure,
  ): OperatorFunction<Request, Outcome<Answer>> =>
  (requests) =>
    new Observable<Outcome<Answer>>((observer) => new LatestWinsRunner(observer, ask, describe).run(requests));

class LatestWinsRunner<Request, Answer> {
  readonly #observer: Observer<Outcome<Answer>>;
  readonly #ask: (request: Request) => ObservableInput<Answer>;
  readonly #describe: (error: unknown) => Failure;
  #inFlight: Subscription | undefined;
  #isAsking = false;
  #pending: { readonly request: Request } | undefined;
  #isSourceDone = false;

  constructor(
    observer: Observer<Outcome<Answer>>,
    ask: (request: Request) => ObservableInput<Answer>,
    describe: (error: unknown) => Failure,
  ) {
    this.#observer = observer;
    this.#ask = ask;
    this.#describe = describe;
  }

  run(requests: Observable<Request>): () => void {
    const source = requests.subscribe({
      next: (request) => {
        this.#pending = { request };
        this.#startNext();
      },
      error: (error: unknown) => this.#observer.error(error),
      complete: () => {
        this.#isSourceDone = true;
        this.#completeIfDone();
      },
    });
    return () => {
      source.unsubscribe();
      this.#pending = undefined;
      this.#inFlight?.unsubscribe();
    };
  }

  #startNext(): void {
    if (this.#isAsking || this.#pending === undefined) return;
    const { request } = this.#pending;
    this.#pending = undefined;
    this.#isAsking = true;
    // defer turns what `ask` throws into an error of the inner stream, so that it too becomes a value.
    this.#inFlight = defer(() => this.#ask(request)).subscribe({
      next: (value) => this.#observer.next({ kind: 'ok', value }),
      error: (error: unknown) => {
        this.#observer.next({ kind: 'failed', error: this.#describe(error) });
        this.#finish();
      },
      complete: () => this.#finish(),
    });
  }

  #finish(): void {
    this.#isAsking = false;
    this.#startNext();
    this.#completeIfDone();
  }

  #completeIfDone(): void {
    if (this.#isSourceDone && !this.#isAsking && this.#pending === undefined) this.#observer.complete();
  }
}

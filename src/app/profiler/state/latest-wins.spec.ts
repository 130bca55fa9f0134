import { map, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { Failure, Outcome } from '../shared/failure.ts';
import { latestWins } from './latest-wins.ts';

const describeError = (error: unknown): Failure => ({ code: 'internal', message: String(error) });
const ok = (value: string): Outcome<string> => ({ kind: 'ok', value });
const failed = (message: string): Outcome<string> => ({ kind: 'failed', error: { code: 'internal', message } });

const run = (body: Parameters<TestScheduler['run']>[0]): void => {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(body);
};

describe('latestWins', () => {
  it('emits the answer to every request that comes while none runs', () => {
    run(({ cold, hot, expectObservable }) => {
      const source = hot('  a-----b-----|');
      const expected = '    ---A-----B--|';
      const answers$ = source.pipe(latestWins((request) => cold('---x|').pipe(map(() => request)), describeError));
      expectObservable(answers$).toBe(expected, { A: ok('a'), B: ok('b') });
    });
  });

  it('drops all but the newest of the requests that wait, and asks that one next', () => {
    run(({ cold, hot, expectObservable }) => {
      const source = hot('  abcd--------|');
      const expected = '    ---A--D-----|';
      const answers$ = source.pipe(latestWins((request) => cold('---(x|)').pipe(map(() => request)), describeError));
      expectObservable(answers$).toBe(expected, { A: ok('a'), D: ok('d') });
    });
  });

  it('answers a source that never pauses, where switchMap would not', () => {
    run(({ hot, expectObservable }) => {
      const source = hot('  abcdefgh|');
      // After the end of the source the newest request is still answered, then the stream ends.
      const expected = '    ---A--D--G--(H|)';
      const answers$ = source.pipe(latestWins((request) => timer(3).pipe(map(() => request)), describeError));
      expectObservable(answers$).toBe(expected, { A: ok('a'), D: ok('d'), G: ok('g'), H: ok('h') });
    });
  });

  it('shows a failure as a value and serves the next request', () => {
    run(({ cold, hot, expectObservable }) => {
      const source = hot('  a----b----|');
      const expected = '    --F----B--|';
      const answers$ = source.pipe(
        latestWins((request) => (request === 'a' ? cold('--#', undefined, 'broken') : cold('--(b|)')), describeError),
      );
      expectObservable(answers$).toBe(expected, { F: failed('broken'), B: ok('b') });
    });
  });

  it('shows what the asking itself throws as a failure', () => {
    run(({ hot, expectObservable }) => {
      const answers$ = hot('a--|').pipe(
        latestWins<string, string>(() => {
          throw 'no worker';
        }, describeError),
      );
      expectObservable(answers$).toBe('F--|', { F: failed('no worker') });
    });
  });

  it('lets go of the source and of the running request when unsubscribed', () => {
    run(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('       a--------');
      const request = cold('      -----x');
      const unsubscribe = '      ---!';
      expectObservable(source.pipe(latestWins(() => request, describeError)), unsubscribe).toBe('----');
      expectSubscriptions(source.subscriptions).toBe('^--!');
      expectSubscriptions(request.subscriptions).toBe('^--!');
    });
  });
});

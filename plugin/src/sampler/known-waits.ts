import type { FunctionPattern, NamedFunction } from '../cpython/function-pattern.ts';
import { matchesFunction } from '../cpython/function-pattern.ts';

/**
 * Python functions in which a sleeping thread waits for work rather than for something that work needs. Data, matched against the
 * innermost Python frames; C functions such as `epoll_wait` have no frame, so the function that calls them stands for them.
 */
interface KnownWait extends FunctionPattern {
  /** Where the wait is one for work only when called from there. */
  readonly caller?: FunctionPattern;
}

export const KNOWN_WAITS: readonly KnownWait[] = [
  { name: 'EPollReactor.doPoll', file: '/twisted/internet/epollreactor.py' },
  { name: '_PollLikeMixin.doPoll', file: '/twisted/internet/posixbase.py' },
  { name: '_PollLikeMixin.doPoll', file: '/twisted/internet/_pollingfile.py' },
  { name: 'PollReactor.doPoll', file: '/twisted/internet/pollreactor.py' },
  { name: 'SelectReactor.doSelect', file: '/twisted/internet/selectreactor.py' },
  { name: '_select', file: '/twisted/internet/selectreactor.py' },
  { name: 'KQueueReactor._doWriteOrRead', file: '/twisted/internet/kqreactor.py' },
  { name: 'KQueueReactor.doKEvent', file: '/twisted/internet/kqreactor.py' },
  { name: 'EpollSelector.select', file: '/selectors.py' },
  { name: '_PollLikeSelector.select', file: '/selectors.py' },
  { name: 'SelectSelector.select', file: '/selectors.py' },
  { name: 'KqueueSelector.select', file: '/selectors.py' },
  { name: 'Condition.wait', file: '/threading.py', caller: { name: 'Queue.get', file: '/queue.py' } },
  { name: 'Queue.get', file: '/queue.py' },
  { name: '_worker', file: '/concurrent/futures/thread.py' },
  { name: '_PySimpleQueue.get', file: '/queue.py' },
  { name: 'BaseServer.serve_forever', file: '/socketserver.py' },
];

/** Whether a thread asleep in `leaf`, called from `caller`, waits for work. */
export function isKnownWait(leaf: NamedFunction, caller: NamedFunction | undefined): boolean {
  return KNOWN_WAITS.some(
    (wait) =>
      matchesFunction(wait, leaf) &&
      (wait.caller === undefined || (caller !== undefined && matchesFunction(wait.caller, caller))),
  );
}

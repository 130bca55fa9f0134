import type { FunctionPattern, NamedFunction } from './function-pattern.ts';
import { matchesFunction } from './function-pattern.ts';

/**
 * A function in which an event loop calls what it has to call, one callback after the other, and the variables by which one callback can be told from the next.
 *
 * The interpreter uses addresses again, so that two callbacks in a row may have the same one where the second is made after the first is gone. Times
 * only go forward: the round in which a callback runs is told by one of them, wherever the loop keeps one.
 */
export interface LoopFunction extends FunctionPattern {
  /** Local variables whose objects change from callback to callback. */
  readonly locals: readonly string[];
  /** Local variables that are a `float` in most rounds, another number in each. */
  readonly times: readonly string[];
  /** Functions that it calls for itself: while one of them runs, no callback does. */
  readonly own: readonly FunctionPattern[];
  /** Whether it calls other functions of the loop only. */
  readonly isOuter: boolean;
}

const TWISTED = '/twisted/internet';
const OUTER = { locals: [], own: [], isOuter: true } as const;
const SELECTORS: readonly FunctionPattern[] = [
  { name: 'EpollSelector.select', file: '/selectors.py' },
  { name: '_PollLikeSelector.select', file: '/selectors.py' },
  { name: 'SelectSelector.select', file: '/selectors.py' },
  { name: 'KqueueSelector.select', file: '/selectors.py' },
];

/**
 * Names as in Twisted 16 to 24 and in CPython's asyncio 3.8 to 3.15. A selectable that is called in two rounds in a row, both of which had not a moment to wait and so no
 * time of their own, counts as called once. The last is the loop of this project's demo.
 */
export const LOOP_FUNCTIONS: readonly LoopFunction[] = [
  { name: 'ReactorBase.mainLoop', file: `${TWISTED}/base.py`, ...OUTER, times: ['t2'] },
  { name: '_SignalReactorMixin.mainLoop', file: `${TWISTED}/base.py`, ...OUTER, times: ['t2'] },
  {
    name: 'ReactorBase.runUntilCurrent',
    file: `${TWISTED}/base.py`,
    locals: ['f', 'a', 'kw', 'count', 'call'],
    times: ['now'],
    own: [],
    isOuter: false,
  },
  ...['EPollReactor.doPoll@epollreactor.py', '_PollLikeMixin.doPoll@posixbase.py', 'PollReactor.doPoll@pollreactor.py']
    .map((place) => place.split('@'))
    .map(([name = '', file = '']) => ({
      name,
      file: `${TWISTED}/${file}`,
      locals: ['l', 'fd', 'event', 'selectable'],
      times: ['timeout'],
      own: [],
      isOuter: false,
    })),
  {
    name: 'SelectReactor.doSelect',
    file: `${TWISTED}/selectreactor.py`,
    locals: ['r', 'w', 'selectable', 'method'],
    times: ['timeout'],
    own: [{ name: '_select', file: `${TWISTED}/selectreactor.py` }],
    isOuter: false,
  },
  {
    name: 'KQueueReactor.doKEvent',
    file: `${TWISTED}/kqreactor.py`,
    locals: ['l', 'events', 'event', 'fd', 'selectable'],
    times: ['timeout'],
    own: [],
    isOuter: false,
  },
  {
    name: 'BaseEventLoop._run_once',
    file: '/asyncio/base_events.py',
    locals: ['handle', 'i'],
    times: ['end_time'],
    own: [...SELECTORS, { name: 'BaseSelectorEventLoop._process_events', file: '/asyncio/selector_events.py' }],
    isOuter: false,
  },
  {
    name: 'Reactor.run_until_current',
    file: '/minireactor/reactor.py',
    locals: ['callback', 'args', '_order'],
    times: ['now'],
    own: [],
    isOuter: false,
  },
  {
    name: 'Reactor.do_poll',
    file: '/minireactor/reactor.py',
    locals: ['key'],
    times: ['timeout'],
    own: SELECTORS,
    isOuter: false,
  },
];

/** The function of an event loop, if it is one. */
export const findLoopFunction = (
  known: NamedFunction,
  functions: readonly LoopFunction[] = LOOP_FUNCTIONS,
): LoopFunction | undefined => functions.find((pattern) => matchesFunction(pattern, known));

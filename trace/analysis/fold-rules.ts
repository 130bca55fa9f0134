/**
 * Frames of frameworks that stand between what a master does and what that calls: whoever reads a flame graph of a reactor wants to pass over them.
 *
 * Named by module and qualified name, as Twisted 20.3 to 26.4, CPython 3.8 to 3.15 and Buildbot 2 to 4 have them. What waits for work (a reactor's poll, a queue's get) is not among
 * them: it is what a thread does.
 */
import { functionIndex, type FunctionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { nameModule } from './module-name.ts';

export const FOLD_RULE_IDS = ['deferred', 'reactor', 'context', 'threads', 'asyncio', 'startup', 'buildbot'] as const;
export type FoldRuleId = (typeof FOLD_RULE_IDS)[number];

type ModuleFunctions = Readonly<Record<string, readonly string[]>>;

export const FOLD_RULES: Readonly<Record<FoldRuleId, ModuleFunctions>> = {
  /** How results of Twisted get from one callback to the next. */
  deferred: {
    'twisted.internet.defer': [
      'Deferred._continuation',
      'Deferred._runCallbacks',
      'Deferred._startRunCallbacks',
      'Deferred.addBoth',
      'Deferred.addCallback',
      'Deferred.addCallbacks',
      'Deferred.addErrback',
      'Deferred.asFuture',
      'Deferred.asFuture.<locals>.maybeFail',
      'Deferred.asFuture.<locals>.maybeSucceed',
      'Deferred.callback',
      'Deferred.cancel',
      'Deferred.chainDeferred',
      'Deferred.errback',
      'Deferred.fromCoroutine',
      'Deferred.fromFuture',
      'Deferred.fromFuture.<locals>.adapt',
      'Deferred.send',
      'Deferred.unpause',
      'DeferredList.__init__',
      'DeferredList._cbDeferred',
      'DeferredLock.acquire',
      'DeferredLock.release',
      'DeferredQueue.get',
      'DeferredQueue.put',
      'DeferredSemaphore.acquire',
      'DeferredSemaphore.release',
      '_ConcurrencyPrimitive._releaseAndReturn',
      '_ConcurrencyPrimitive.run',
      '_ConcurrencyPrimitive.run.<locals>.execute',
      '_addCancelCallbackToDeferred',
      '_cancellableInlineCallbacks',
      '_deferGenerator',
      '_deferGenerator.<locals>.gotResult',
      '_gotResultInlineCallbacks',
      '_handleCancelInlineCallbacks',
      '_inlineCallbacks',
      '_inlineCallbacks.<locals>.gotResult',
      'ensureDeferred',
      'execute',
      'fail',
      'gatherResults',
      'inlineCallbacks.<locals>.unwindGenerator',
      'maybeDeferred',
      'passthru',
      'returnValue',
      'succeed',
    ],
    // How a failure gets into the generator that waits for it.
    'twisted.python.failure': ['Failure.throwExceptionIntoGenerator'],
  },
  /** From the reactor's loop to what it calls. */
  reactor: {
    'twisted.internet.base': [
      'ReactorBase._reallyStartRunning',
      'ReactorBase.fireSystemEvent',
      'ReactorBase.iterate',
      'ReactorBase.mainLoop',
      'ReactorBase.run',
      'ReactorBase.runUntilCurrent',
      'ReactorBase.startRunning',
      '_SignalReactorMixin._reallyStartRunning',
      '_SignalReactorMixin.mainLoop',
      '_SignalReactorMixin.run',
      '_SignalReactorMixin.startRunning',
      '_ThreePhaseEvent._continueFiring',
      '_ThreePhaseEvent.fireEvent',
    ],
    'twisted.internet.posixbase': ['_ContinuousPolling.iterate', '_PollLikeMixin._doReadOrWrite'],
    'twisted.internet.selectreactor': ['SelectReactor._doReadOrWrite'],
    'twisted.internet.asyncioreactor': [
      'AsyncioSelectorReactor._onTimer',
      'AsyncioSelectorReactor._readOrWrite',
      'AsyncioSelectorReactor.run',
    ],
    'twisted.internet.task': [
      'CooperativeTask._oneWorkUnit',
      'Cooperator._tick',
      'LoopingCall.__call__',
      'LoopingCall.start',
      'LoopingCall.withCount.<locals>.counter',
      'deferLater.<locals>.cb',
    ],
    'twisted.internet.threads': ['_runMultiple', 'blockingCallFromThread.<locals>._callFromThread'],
  },
  /** The contexts in which Twisted calls everything, for the sake of its log. */
  context: {
    'twisted.python.context': ['ContextTracker.callWithContext', 'ThreadedContextTracker.callWithContext'],
    'twisted.python.log': ['callWithContext', 'callWithLogger'],
  },
  /** From the start of a thread to the work that a pool gave it, and back. */
  threads: {
    threading: ['Thread._bootstrap', 'Thread._bootstrap_inner', 'Thread.run'],
    'twisted._threads._threadworker': ['LockWorker.do', 'ThreadWorker.__init__.<locals>.work', 'ThreadWorker.do'],
    'twisted._threads._team': [
      'Team._coordinateThisTask',
      'Team._coordinateThisTask.<locals>.doWork',
      'Team._coordinateThisTask.<locals>.doWork.<locals>.idleAndPending',
      'Team._recycleWorker',
      'Team.do',
      'Team.do.<locals>.<lambda>',
    ],
    'twisted._threads._memory': ['MemoryWorker.do', 'createMemoryWorker.<locals>.perform'],
    'twisted.python.threadpool': [
      'ThreadPool.callInThread',
      'ThreadPool.callInThreadWithCallback',
      'ThreadPool.callInThreadWithCallback.<locals>.<lambda>',
      'ThreadPool.callInThreadWithCallback.<locals>.inContext',
    ],
    'twisted.internet.threads': [
      'deferToThread',
      'deferToThreadPool',
      'deferToThreadPool.<locals>.onResult',
      'callMultipleInThread',
    ],
    'concurrent.futures.thread': ['_WorkItem.run', '_worker'],
  },
  /** From asyncio's loop to what it calls. */
  asyncio: {
    'asyncio.base_events': ['BaseEventLoop._run_once', 'BaseEventLoop.run_forever', 'BaseEventLoop.run_until_complete'],
    'asyncio.events': ['Handle._run'],
    'asyncio.runners': ['Runner.run', 'run'],
    // Where they are not in C.
    'asyncio.tasks': ['Task.__step', 'Task.__step_run_and_handle_result', 'Task.__wakeup'],
    'asyncio.futures': ['Future.__schedule_callbacks'],
  },
  /** From the start of a program to its loop. */
  startup: {
    'twisted.application.app': [
      'ApplicationRunner.run',
      'ApplicationRunner.startReactor',
      'run',
      'runReactorWithLogging',
    ],
    'twisted.scripts._twistd_unix': ['UnixApplicationRunner.postApplication'],
    'twisted.scripts.twistd': ['run', 'runApp'],
    'buildbot.scripts.runner': ['run'],
    'buildbot.scripts.start': ['launch', 'launchNoDaemon', 'start'],
    'buildbot.util': ['in_reactor.<locals>.wrap', 'in_reactor.<locals>.wrap.<locals>._async'],
    runpy: ['_run_code', '_run_module_as_main', '_run_module_code', 'run_module', 'run_path'],
    // The scripts themselves.
    buildbot: ['<module>'],
    twistd: ['<module>'],
  },
  /** What Buildbot wraps around its own functions. */
  buildbot: {
    'buildbot.db.pool': ['DBThreadPool.__thd', 'DBThreadPool.do', 'DBThreadPool.do_with_engine'],
    'buildbot.mq.base': ['MQBase.invokeQref', 'QueueRef.invoke'],
    'buildbot.process.metrics': [
      'Timer.startTimer.<locals>.wrapper',
      'Timer.stopTimer.<locals>.wrapper',
      'countMethod.<locals>.decorator.<locals>.wrapper',
      'timeMethod.<locals>.decorator.<locals>.wrapper',
    ],
    'buildbot.util.debounce': ['Debouncer.invoke'],
    'buildbot.util.misc': ['deferredLocked.<locals>.decorator.<locals>.wrapper'],
  },
};

/** For functions that no rule is about. */
export const NO_RULE = -1;

/** The original plugin kept only the last characters of a path. */
const CUT_PATH_LENGTH = 20;

/** Tells of functions which rule is about them, by position in {@link FOLD_RULE_IDS}. */
class RuleBook {
  /** By module: by name, as it is and without what it is defined in. */
  readonly #modules = new Map<string, Map<string, number>>();

  constructor() {
    FOLD_RULE_IDS.forEach((id, rule) => {
      for (const [module, names] of Object.entries(FOLD_RULES[id])) {
        const known = this.#modules.get(module) ?? new Map<string, number>();
        this.#modules.set(module, known);
        // Python has qualified names since 3.11.
        for (const name of names) known.set(name, rule).set(lastPart(name), rule);
      }
    });
  }

  find(name: string, file: string): number {
    const names = this.#modules.get(nameModule(file)) ?? this.#findCut(file);
    return names?.get(name) ?? NO_RULE;
  }

  #findCut(file: string): ReadonlyMap<string, number> | undefined {
    if (file.length !== CUT_PATH_LENGTH || file.startsWith('/')) return undefined;
    for (const [module, names] of this.#modules) if (`/${module.replaceAll('.', '/')}.py`.endsWith(file)) return names;
    return undefined;
  }
}

const lastPart = (qualifiedName: string): string => qualifiedName.slice(qualifiedName.lastIndexOf('.') + 1);

const RULE_BOOK = new RuleBook();

const known = new WeakMap<TraceModel, Int8Array>();

/** Of each function of the model the position of its rule in {@link FOLD_RULE_IDS}, or {@link NO_RULE}. */
export const findFoldRules = (model: TraceModel): Int8Array => {
  const { count } = model.functions;
  const last = known.get(model) ?? new Int8Array();
  if (last.length === count) return last;
  const rules = new Int8Array(count);
  rules.set(last);
  for (let row = last.length; row < count; row++) rules[row] = ruleOf(model, functionIndex(row));
  known.set(model, rules);
  return rules;
};

const ruleOf = (model: TraceModel, index: FunctionIndex): number =>
  RULE_BOOK.find(model.functionName(index), model.functionFile(index));

/** Which functions the rules hide, by index. */
export const findHidden = (model: TraceModel, rules: readonly FoldRuleId[]): Uint8Array => {
  const isHiding = FOLD_RULE_IDS.map((id) => rules.includes(id));
  return Uint8Array.from(findFoldRules(model), (rule) => (rule !== NO_RULE && isHiding[rule] === true ? 1 : 0));
};

/** Functions that each rule is about, by position in {@link FOLD_RULE_IDS}. */
export const countFoldedFunctions = (model: TraceModel): Int32Array => {
  const counts = new Int32Array(FOLD_RULE_IDS.length);
  for (const rule of findFoldRules(model)) if (rule !== NO_RULE) counts[rule]!++;
  return counts;
};

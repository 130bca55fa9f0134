import { describe, expect, it } from 'vitest';
import { formatTree } from '../testing/format-tree.ts';
import { modelFromText, modelOf, traceFromText } from '../testing/trace-from-text.ts';
import { computeCallTree } from './call-tree.ts';
import { countFoldedFunctions, findFoldRules, FOLD_RULE_IDS, NO_RULE } from './fold-rules.ts';

/** Of one function. */
const ruleOf = (name: string, file: string): string => {
  const model = modelFromText(`main\n  1 running  ${name}@${file}`);
  const rule = findFoldRules(model)[0]!;
  return rule === NO_RULE ? 'none' : FOLD_RULE_IDS[rule]!;
};

describe('fold rules', () => {
  it.each([
    ['Deferred._runCallbacks', '/v/lib/python3.13/site-packages/twisted/internet/defer.py', 'deferred'],
    [
      'inlineCallbacks.<locals>.unwindGenerator',
      '/usr/lib/python3/dist-packages/twisted/internet/defer.py',
      'deferred',
    ],
    ['_gotResultInlineCallbacks', '/srv/twisted/internet/defer.py', 'none'],
    ['ReactorBase.runUntilCurrent', '/opt/v/lib/python3.12/site-packages/twisted/internet/base.py', 'reactor'],
    ['callWithLogger', '/opt/v/lib/python3.12/site-packages/twisted/python/log.py', 'context'],
    ['Thread._bootstrap_inner', '/usr/lib/python3.11/threading.py', 'threads'],
    ['_WorkItem.run', '/usr/lib/python3.14/concurrent/futures/thread.py', 'threads'],
    ['Handle._run', '/usr/local/lib/python3.15/asyncio/events.py', 'asyncio'],
    ['<module>', '/opt/v/bin/buildbot', 'startup'],
    ['EPollReactor.doPoll', '/opt/v/lib/python3.12/site-packages/twisted/internet/epollreactor.py', 'none'],
  ])('know %s of %s: %s', (name, file, rule) => {
    expect(ruleOf(name, file)).toBe(rule);
  });

  it('know the plain names that Python had before 3.11', () => {
    expect(ruleOf('unwindGenerator', '/usr/lib/python3.9/site-packages/twisted/internet/defer.py')).toBe('deferred');
    expect(ruleOf('<lambda>', '/usr/lib/python3.8/site-packages/twisted/python/threadpool.py')).toBe('threads');
    expect(ruleOf('_bootstrap', '/usr/lib/python3.8/threading.py')).toBe('threads');
  });

  it('know the files of the original plugin, of which the first part is cut away', () => {
    expect(ruleOf('_runCallbacks', 'ed/internet/defer.py')).toBe('deferred');
    expect(ruleOf('_runCallbacks', 'my/internet/defer.py')).toBe('none');
  });

  it('leave functions of the same name in other modules alone', () => {
    expect(ruleOf('Thread.run', '/srv/master/threading2.py')).toBe('none');
    expect(ruleOf('Other.callback', '/v/lib/python3.13/site-packages/twisted/internet/defer.py')).toBe('none');
  });

  it('learn of the functions that a growing trace brings', () => {
    const [header, first, second] = traceFromText(`
      main
        1 running  run
      ---
      main
        1 running  run > Thread.run@/usr/lib/python3.13/threading.py`);
    const model = modelOf([header!, first!]);
    expect([...findFoldRules(model)]).toEqual([NO_RULE]);
    model.append(second!);
    expect([...findFoldRules(model)]).toEqual([NO_RULE, FOLD_RULE_IDS.indexOf('threads')]);
    expect(countFoldedFunctions(model)[FOLD_RULE_IDS.indexOf('threads')]).toBe(1);
  });
});

describe('a call tree without what fold rules hide', () => {
  const DEFER = '@/v/site-packages/twisted/internet/defer.py';
  const DRAWING = `
    main
      2 running  start > Deferred.callback${DEFER} > Deferred._runCallbacks${DEFER} > step > work
      3 running  start > Deferred.callback${DEFER}
      1 running  start > step
      3 idle     start > poll
    pool
      4 running  Thread.run@/usr/lib/python3.13/threading.py > load
      5 running  Thread.run@/usr/lib/python3.13/threading.py`;

  it('gives their time to what called them, and brings what they called together', () => {
    const model = modelFromText(DRAWING);
    expect(formatTree(model, computeCallTree(model, { weight: 'wall', folds: ['deferred'] }))).toEqual([
      'all 150',
      '  main 60',
      '    start 60 self 30',
      '      step 30 self 10',
      '        work 20 self 20',
      '  pool 90',
      '    Thread.run 90 self 50',
      '      load 40 self 40',
    ]);
  });

  it('gives the time of a stack that is hidden altogether to its thread', () => {
    const model = modelFromText(DRAWING);
    const tree = formatTree(model, computeCallTree(model, { weight: 'wall', folds: ['threads'] }));
    expect(tree.slice(-2)).toEqual(['  pool 90 self 50', '    load 40 self 40']);
  });
});

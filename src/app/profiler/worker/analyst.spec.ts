import { describe, expect, it } from 'vitest';
import { CHUNKS_PER_BLOCK } from '#trace/analysis/weight-index.ts';
import { microseconds } from '#trace/contract/units.ts';
import { emptyChunk, modelFromText, modelOf, traceFromText } from '#trace/testing/trace-from-text.ts';
import type { AnalysisRequest } from '../shared/analysis-messages.ts';
import { Analyst } from './analyst.ts';
import { requestOf } from './test-request.ts';

const DRAWING = `
  main cpu=40ms
    2 running+gil  run > split
    2 running+gil  run > split > strip
    4 idle         run > poll
    2 waiting      run > split
  pool
    10 waiting     work`;

const request = (change: Partial<AnalysisRequest> = {}): AnalysisRequest =>
  requestOf({ hasFunctions: true, ...change });
const identity = (name: string) => ({ name, file: 'app.py', firstLine: 0 });
const analyse = (change?: Partial<AnalysisRequest>) => new Analyst().analyse(modelFromText(DRAWING), request(change));

describe('one answer for all views', () => {
  it('agrees with itself: flame graph, functions and numbers of the selection have one total', () => {
    const answer = analyse();
    expect(answer.stats).toMatchObject({ tickCount: 10, totalWeight: 160_000 });
    expect(answer.flame.value).toBe(160_000);
    expect(answer.functions?.reduce((sum, { self }) => sum + self, 0)).toBe(160_000);
  });

  it('shows the callers and callees of the selected function, whose parts add up', () => {
    const { neighbours } = analyse({ selected: identity('split') });
    expect(neighbours?.function).toMatchObject({ total: 60_000, self: 40_000 });
    expect(neighbours?.callers).toEqual([{ identity: identity('run'), weight: 60_000, share: 1, samples: 6 }]);
    expect(neighbours?.callees.map(({ weight }) => weight)).toEqual([20_000]);
  });

  it('names the thread where nothing calls the function, and nothing where it is unknown', () => {
    expect(analyse({ selected: identity('run') }).neighbours?.callers[0]?.identity).toBeUndefined();
    expect(analyse({ selected: identity('gone') }).neighbours).toBeUndefined();
  });

  it('counts the CPU time and the range that were asked for', () => {
    expect(analyse({ weight: 'cpu' }).stats.totalWeight).toBe(40_000);
    const range = { start: microseconds(0), end: microseconds(20_000) };
    expect(analyse({ range }).stats).toMatchObject({ tickCount: 2, totalWeight: 40_000, ...range });
    expect(analyse({ threads: [1] }).stats.totalWeight).toBe(100_000);
  });

  it('shows nothing of a focused function that the trace does not have, in either direction', () => {
    for (const direction of ['top-down', 'bottom-up'] as const) {
      const { flame, stats } = analyse({ focus: identity('gone'), direction, mergeThreads: direction === 'bottom-up' });
      expect(flame).toMatchObject({ value: 0, children: [] });
      expect(stats.totalWeight).toBe(160_000);
    }
    expect(analyse({ focus: identity('split') }).flame.value).toBe(60_000);
  });

  it('shows the flame graph from its leaves, also of a focused function, with the same totals', () => {
    const { flame, stats } = analyse({ direction: 'bottom-up', mergeThreads: true });
    expect(flame.children.map(({ name, value }) => `${name} ${value}`)).toEqual([
      'split 40000',
      'strip 20000',
      'work 100000',
    ]);
    expect(stats.totalWeight).toBe(160_000);
    const focused = analyse({ direction: 'bottom-up', focus: identity('split') });
    expect(focused.flame.children[0]).toMatchObject({ name: 'split', value: 60_000, children: [{ name: 'run' }] });
    expect(focused.stats.totalWeight).toBe(160_000);
  });

  it('hides the frames of a fold rule in all views, and tells what it is about', () => {
    const model = modelFromText(`
      main
        2 running  run > maybeDeferred@/v/site-packages/twisted/internet/defer.py:7 > step
        3 running  run:4 > maybeDeferred@/v/site-packages/twisted/internet/defer.py:7
        1 running  run:5`);
    const plumbing = [{ rule: 'deferred', functionCount: 1, weight: 30_000 }];
    const shown = new Analyst().analyse(model, request({ selected: identity('run') }));
    expect(shown.plumbing).toEqual(plumbing);
    expect(shown.neighbours?.callees).toMatchObject([{ identity: { name: 'maybeDeferred' } }]);
    const folded = new Analyst().analyse(model, request({ folds: ['deferred'], selected: identity('run') }));
    expect(folded.plumbing).toEqual(plumbing);
    expect(folded.functions?.map(({ identity: { name }, self }) => `${name} ${self}`)).toEqual([
      'run 40000',
      'step 20000',
    ]);
    expect(folded.flame.children[0]!.children[0]!.children).toMatchObject([{ name: 'step', value: 20_000 }]);
    expect(folded.neighbours).toMatchObject({
      function: { self: 40_000, total: 60_000 },
      callees: [{ identity: { name: 'step' }, weight: 20_000 }],
      lines: [
        { line: 0, self: 0, total: 20_000 },
        { line: 4, self: 30_000, total: 30_000 },
        { line: 5, self: 10_000, total: 10_000 },
      ],
    });
    const selected = { name: 'maybeDeferred', file: '/v/site-packages/twisted/internet/defer.py', firstLine: 0 };
    const answer = new Analyst().analyse(model, request({ folds: ['deferred'], selected }));
    expect(answer.isSelectedHidden).toBe(true);
    expect(answer.neighbours).toBeUndefined();
  });

  it('leaves callers, callees and lines as they were while a hand moves the range', () => {
    const model = modelFromText(DRAWING);
    const analyst = new Analyst();
    const totalOf = (change: Partial<AnalysisRequest>) =>
      analyst.analyse(model, request({ hasFunctions: false, selected: identity('split'), ...change })).neighbours
        ?.function.total;
    const range = { start: microseconds(0), end: microseconds(20_000) };
    expect(totalOf({})).toBe(60_000);
    expect(totalOf({ range, isGesturing: true })).toBe(60_000);
    expect(totalOf({ range, isGesturing: true, selected: identity('strip') })).toBe(0);
    expect(totalOf({ range })).toBe(20_000);
  });

  it('computes nothing anew for what was read since the page was told', () => {
    const [header, first, second] = traceFromText(`${DRAWING}\n---\n  main\n    1 running  run`);
    const model = modelOf([header!, first!]);
    const analyst = new Analyst();
    const before = analyst.analyse(model, request());
    model.append(second!);
    expect(analyst.analyse(model, request()).lanes).toBe(before.lanes);
    expect(analyst.analyse(model, request({ revision: 2 })).lanes).not.toBe(before.lanes);
  });

  it('sums up what each package takes, also where its functions are not listed', () => {
    const model = modelFromText(`
      main
        3 running  run@/srv/master.cfg > join@/usr/lib/python3.13/posixpath.py
        1 running  run@/srv/master.cfg`);
    const { packages } = new Analyst().analyse(model, request());
    expect(packages?.filter(({ functionCount }) => functionCount > 0)).toEqual([
      { group: 'configuration', self: 10_000, total: 40_000, functionCount: 1 },
      { group: 'library', self: 30_000, total: 30_000, functionCount: 1 },
    ]);
  });

  it('answers the same after it has prepared for ranges', () => {
    const long = Array.from({ length: 2 * CHUNKS_PER_BLOCK }, () => DRAWING).join('\n---');
    const [analyst, model] = [new Analyst(), modelFromText(long)];
    const before = analyst.analyse(model, request());
    analyst.prepare(model, request());
    expect(analyst.analyse(model, request())).toEqual(before);
    const range = { start: microseconds(0), end: microseconds(model.duration / 2) };
    const { stats } = analyst.analyse(model, request({ range }));
    expect(stats).toEqual(new Analyst().analyse(model, request({ range })).stats);
    expect(stats.totalWeight).toBeCloseTo(before.stats.totalWeight / 2);
  });

  it('sends no table of functions that nobody sees', () => {
    expect(analyse({ hasFunctions: false })).toMatchObject({ functions: undefined, packages: undefined });
  });

  it('lists what held the event loop where that is asked for, with its builds', () => {
    const lines = traceFromText(`
      main
        1 idle        . run > poll
        12 running+gil * run > parse
        1 idle        . run > poll`);
    const build = { kind: 'build', id: 1, number: 7, builder: 'linux', worker: 'w', start: microseconds(0) } as const;
    const model = modelOf([...lines, { ...emptyChunk(1), events: [build] }]);
    const analyst = new Analyst();
    expect(analyst.analyse(model, request()).stalls).toBeUndefined();
    expect(analyst.analyse(model, request({ hasStalls: true })).stalls).toMatchObject({
      hasDispatches: true,
      stallCount: 1,
      stalls: [
        { start: 10_000, duration: 120_000, functions: [{ name: 'parse' }, { name: 'run' }], builds: ['linux #7'] },
      ],
    });
    const longer = request({ hasStalls: true, stallThreshold: microseconds(130_000) });
    expect(analyst.analyse(model, longer).stalls?.stalls).toEqual([]);
  });

  it('has lanes of threads, builds and stalls in what the time axis shows, also while no list of stalls does', () => {
    const lines = traceFromText(`
      main
        1 idle        . run > poll
        12 running+gil * run > parse
        7 idle        . run > poll`);
    const build = { kind: 'build', id: 1, number: 7, builder: 'linux', worker: 'w', start: microseconds(0) } as const;
    const model = modelOf([...lines, { ...emptyChunk(1), events: [build] }]);
    const viewport = { start: microseconds(0), end: microseconds(200_000) };
    const { lanes } = new Analyst().analyse(model, request({ viewport }));
    expect(lanes).toMatchObject({
      threads: [{ name: 'main', thread: 0 }],
      builds: [{ builder: 'linux', row: 0 }],
      stalls: [{ start: 10_000, end: 130_000 }],
    });
    expect([...lanes.threads[0]!.running]).toEqual([128, 255, 255, 255, 255, 255, 128, 0, 0, 0]);
  });

  it('has the same curves and lanes again where only the range is another', () => {
    const model = modelFromText(DRAWING);
    const analyst = new Analyst();
    const range = { start: microseconds(0), end: microseconds(20_000) };
    const [first, second] = [analyst.analyse(model, request()), analyst.analyse(model, request({ range }))];
    expect(second.timeline).toBe(first.timeline);
    expect(second.lanes).toBe(first.lanes);
  });

  it('sees what the trace has gained since the last answer, and another trace at once', () => {
    const [header, first, second] = traceFromText(`${DRAWING}\n---\n  main\n    1 running  run`);
    const model = modelOf([header!, first!]);
    const analyst = new Analyst();
    expect(analyst.analyse(model, request()).stats.totalWeight).toBe(160_000);
    model.append(second!);
    expect(analyst.analyse(model, request({ revision: 2 })).stats.totalWeight).toBe(170_000);
    expect(analyst.analyse(modelOf([header!]), request()).stats.totalWeight).toBe(0);
  });
});

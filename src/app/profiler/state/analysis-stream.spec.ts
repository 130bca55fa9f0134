import { asapScheduler, BehaviorSubject, type SchedulerLike, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { testHeader } from '#trace/testing/trace-from-text.ts';
import type { AnalysisAnswer, AnalysisRequest } from '../shared/analysis-messages.ts';
import type { Outcome } from '../shared/failure.ts';
import { NO_TRACE, type TraceState, type TraceSummary } from '../shared/trace-state.ts';
import { ActivityMonitor } from './activity-monitor.ts';
import { buildAnalysisStream } from './analysis-stream.ts';
import { ProfilerStore } from './profiler-store.ts';

const SUMMARY = { header: testHeader(), duration: microseconds(1_000_000) } as TraceSummary;
/** Once what is scheduled as soon as possible, and what waits for it, has run. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

const make = (change: Partial<TraceState> = {}, scheduler: SchedulerLike = asapScheduler) => {
  const trace$ = new BehaviorSubject<TraceState>({ ...NO_TRACE, phase: 'complete', summary: SUMMARY, ...change });
  const before$ = new BehaviorSubject<TraceState>(NO_TRACE);
  const store = new ProfilerStore(trace$);
  store.setTimelineWidth(674);
  store.setFlameWidth(1000);
  const requests: AnalysisRequest[] = [];
  const answers: ((outcome: 'ok' | 'failed') => void)[] = [];
  const root = { dataset: {} as DOMStringMap } as HTMLElement;
  const stream$ = buildAnalysisStream({
    trace$,
    before$,
    store,
    activity: new ActivityMonitor(root, (action) => void setTimeout(action)),
    scheduler,
    analyse: (request) => {
      requests.push(request);
      return new Promise((resolve, reject) =>
        answers.push((outcome) => {
          if (outcome === 'ok') resolve({ request } as AnalysisAnswer);
          else reject(new Error('broken'));
        }),
      );
    },
  });
  const outcomes: Outcome<AnalysisAnswer>[] = [];
  const subscription = stream$.subscribe((outcome) => outcomes.push(outcome));
  return { trace$, before$, store, requests, answers, outcomes, subscription, root };
};

describe('what all views show', () => {
  it('is asked for once where several choices change together', async () => {
    const { store, requests } = make();
    store.selectWeight('cpu');
    store.search('x');
    await settled();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ weight: 'cpu', timelinePoints: 600, smallestFrameShare: 0.002 });
  });

  it('is not asked for again where nothing it depends on has changed', async () => {
    const { store, requests, answers } = make();
    await settled();
    answers[0]!('ok');
    store.search('only the views look at this');
    await settled();
    expect(requests).toHaveLength(1);
  });

  it('has the same detail while a range is dragged, so that nothing moves when the hand rests', async () => {
    const { store, requests, answers } = make();
    await settled();
    answers[0]!('ok');
    store.setGesturing(true);
    await settled();
    expect(requests[1]).toEqual({ ...requests[0]!, isGesturing: true });
  });

  it('has one request in flight, and asks next for the newest choice only', async () => {
    const { store, requests, answers, outcomes } = make();
    await settled();
    for (const weight of ['cpu', 'gil', 'wall', 'cpu'] as const) {
      store.selectWeight(weight);
      await settled();
    }
    expect(requests.map(({ weight }) => weight)).toEqual(['wall']);
    answers[0]!('ok');
    await settled();
    expect(requests.map(({ weight }) => weight)).toEqual(['wall', 'cpu']);
    answers[1]!('ok');
    await settled();
    expect(outcomes).toHaveLength(2);
  });

  it('has the comparison while it is looked at, anew when what it is compared with has grown', async () => {
    const { before$, store, requests, answers } = make();
    const grow = async (revision: number) => {
      before$.next({ ...NO_TRACE, revision });
      await settled();
    };
    store.compareWith({ kind: 'trace', source: { kind: 'recording', id: 'r0' }, range: undefined });
    await settled();
    answers.at(-1)!('ok');
    await grow(1);
    answers.at(-1)!('ok');
    expect(requests.map(({ comparedWith }) => comparedWith?.kind)).toEqual(['trace', 'trace']);
    store.selectView('builds');
    await settled();
    answers.at(-1)!('ok');
    await grow(2);
    expect(requests.map(({ comparedWith }) => comparedWith?.kind)).toEqual(['trace', 'trace', undefined]);
  });

  it('shows a failure and goes on with the next choice', async () => {
    const { store, answers, outcomes } = make();
    await settled();
    answers[0]!('failed');
    await settled();
    expect(outcomes).toEqual([{ kind: 'failed', error: { code: 'internal', message: 'broken' } }]);
    store.selectWeight('gil');
    await settled();
    answers[1]!('ok');
    await settled();
    expect(outcomes[1]?.kind).toBe('ok');
  });

  it('asks nothing before there is a trace, and nothing after it was left', async () => {
    const { requests, trace$, subscription } = make({ summary: undefined });
    await settled();
    subscription.unsubscribe();
    trace$.next({ ...NO_TRACE, summary: SUMMARY });
    await settled();
    expect(requests).toEqual([]);
  });

  it('keeps the page busy from a change on, however late the frame comes that asks for it', async () => {
    const frames = new VirtualTimeScheduler();
    const { store, requests, answers, root } = make({}, frames);
    const isIdle = () => expect.poll(() => root.dataset['bbpState']).toBe('idle');
    frames.flush();
    answers[0]!('ok');
    await isIdle();
    store.selectWeight('cpu');
    for (let frame = 0; frame < 4; frame++) await settled();
    expect(requests).toHaveLength(1);
    expect(root.dataset['bbpState']).toBe('busy');
    frames.flush();
    answers[1]!('ok');
    await isIdle();
    store.search('only the views look at this');
    frames.flush();
    await isIdle();
  });

  it('leaves the page idle where it is left before the frame that asks', async () => {
    const { subscription, root } = make({}, new VirtualTimeScheduler());
    subscription.unsubscribe();
    await expect.poll(() => root.dataset['bbpState']).toBe('idle');
  });

  it('keeps the page busy until the answer is there', async () => {
    const { answers, root } = make();
    await settled();
    await settled();
    expect(root.dataset['bbpState']).toBe('busy');
    answers[0]!('ok');
    await expect.poll(() => root.dataset['bbpState']).toBe('idle');
  });
});

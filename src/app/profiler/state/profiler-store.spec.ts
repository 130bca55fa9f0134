import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { testHeader } from '#trace/testing/trace-from-text.ts';
import { NO_TRACE, type TraceState, type TraceSummary } from '../shared/trace-state.ts';
import { NO_CHOICES } from './choices.ts';
import { ProfilerStore } from './profiler-store.ts';
import type { ViewWindow } from './view-window.ts';

const SECOND = 1_000_000;
const range = (start: number, end: number) => ({
  start: microseconds(start * SECOND),
  end: microseconds(end * SECOND),
});
const identity = { name: 'run', file: 'a.py', firstLine: 1 };

const make = (phase: TraceState['phase'], seconds: number, mode: 'real' | 'virtual' = 'real') => {
  const trace = (duration: number): TraceState => ({
    ...NO_TRACE,
    phase,
    summary: { header: testHeader({ mode }), duration: microseconds(duration * SECOND) } as TraceSummary,
  });
  const trace$ = new BehaviorSubject<TraceState>(trace(seconds));
  const store = new ProfilerStore(trace$);
  let window: ViewWindow | undefined;
  let weight: string | undefined;
  store.window$.subscribe((value) => (window = value));
  store.weight$.subscribe((value) => (weight = value));
  return { store, grow: (to: number) => trace$.next(trace(to)), window: () => window!, weight: () => weight };
};

describe('the store of choices', () => {
  it('shows the weight that the mode of the recording asks for, until another one is chosen', () => {
    expect(make('complete', 5).weight()).toBe('wall');
    const { store, weight } = make('complete', 5, 'virtual');
    expect(weight()).toBe('cpu');
    store.selectWeight('gil');
    expect(weight()).toBe('gil');
  });

  it('holds the window of a live view still under a brush, and lets it slide again', () => {
    const { store, grow, window } = make('live', 95);
    store.selectRange(range(50, 60), window());
    grow(120);
    expect(window()).toMatchObject({ viewport: range(35, 95), range: range(50, 60), isSliding: false });
    store.follow();
    expect(window()).toMatchObject({ viewport: range(60, 120), isSliding: true });
    expect(store.choices.range).toBeUndefined();
  });

  it('shows everything of a finished trace again when the zoom is taken back', () => {
    const { store, window } = make('complete', 100);
    store.zoomTo(range(20, 40), window());
    expect(window().viewport).toEqual(range(20, 40));
    store.zoomTo(range(0, 100), window());
    expect(store.screen.viewport).toBeUndefined();
  });

  it('forgets what was chosen about the last trace when another one is opened, but not how to look at it', () => {
    const { store } = make('complete', 5);
    store.selectFunction(identity);
    store.search('db');
    store.selectView('functions');
    store.selectWeight('gil');
    store.selectSource({ kind: 'recording', id: 'r2' });
    expect(store.choices).toEqual({
      ...NO_CHOICES,
      source: { kind: 'recording', id: 'r2' },
      view: 'functions',
      weight: 'gil',
    });
  });

  it('swaps the sides of a comparison, and takes the whole time where nothing is selected', () => {
    const { store, window } = make('complete', 10);
    store.compareWith({ kind: 'range', range: range(1, 2) });
    expect(store.choices.view).toBe('compare');
    store.swapSides(window());
    expect(store.choices).toMatchObject({ range: range(1, 2), comparedWith: { kind: 'range', range: range(0, 10) } });
  });

  it('swaps recordings with their ranges, but not the threads of one of them', () => {
    const { store, window } = make('complete', 10);
    const [source, other] = ['r1', 'r2'].map((id) => ({ kind: 'recording', id }) as const);
    store.selectSource(source);
    store.selectRange(range(3, 4), window());
    store.selectThreads([1]);
    store.compareWith({ kind: 'trace', source: other!, range: range(1, 2) });
    store.swapSides(window());
    expect(store.choices).toMatchObject({
      source: other,
      range: range(1, 2),
      threads: undefined,
      view: 'compare',
      comparedWith: { kind: 'trace', source, range: range(3, 4) },
    });
  });

  it('selects the function that is looked at alone, and keeps it selected afterwards', () => {
    const { store } = make('complete', 5);
    store.focusFunction(identity);
    expect(store.choices).toMatchObject({ focus: identity, selected: identity });
    store.focusFunction(undefined);
    expect(store.choices).toMatchObject({ focus: undefined, selected: identity });
  });
});

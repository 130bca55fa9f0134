import { convertToParamMap, type ActivatedRoute, type ParamMap, type Router } from '@angular/router';
import { BehaviorSubject, of, type Subscription } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { NO_TRACE } from '../shared/trace-state.ts';
import { ProfilerStore } from './profiler-store.ts';
import { isRefined, syncUrl } from './url-sync.ts';
import type { ViewWindow } from './view-window.ts';

const range = { start: microseconds(10), end: microseconds(20) };
const window: ViewWindow = { bounds: range, viewport: range, range: undefined, isSliding: false };

describe('address and choices', () => {
  let running: Subscription | undefined;
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    running?.unsubscribe();
    vi.useRealTimers();
  });

  const make = (params: Record<string, string> = {}, store = new ProfilerStore(of(NO_TRACE))) => {
    const params$ = new BehaviorSubject<ParamMap>(convertToParamMap(params));
    const written: { params: unknown; isReplaced: boolean | undefined }[] = [];
    const router = {
      navigate: (_commands: unknown, extras: { queryParams: Record<string, string>; replaceUrl?: boolean }) => {
        written.push({ params: extras.queryParams, isReplaced: extras.replaceUrl });
        params$.next(convertToParamMap(extras.queryParams));
        return Promise.resolve(true);
      },
    } as unknown as Router;
    running = syncUrl(store, router, { queryParamMap: params$ } as unknown as ActivatedRoute).subscribe();
    return { store, written, params$ };
  };
  const settle = () => vi.advanceTimersByTime(1000);

  it('restores the choices of a link, and writes nothing back', () => {
    const { store, written } = make({ recording: 'r1', range: '10-20', view: 'functions' });
    settle();
    expect(store.choices).toMatchObject({ source: { id: 'r1' }, range, view: 'functions' });
    expect(written).toEqual([]);
  });

  it('writes a choice once it has settled, as a step to go back over', () => {
    const { store, written } = make({ recording: 'r1' });
    store.selectRange({ start: microseconds(1), end: microseconds(2) }, window);
    store.selectRange(range, window);
    expect(written).toEqual([]);
    settle();
    expect(written).toEqual([{ params: { recording: 'r1', range: '10-20' }, isReplaced: false }]);
  });

  it('writes nothing while a range is dragged', () => {
    const { store, written } = make({ recording: 'r1' });
    store.setGesturing(true);
    store.selectRange(range, window);
    settle();
    expect(written).toEqual([]);
    store.setGesturing(false);
    settle();
    expect(written).toHaveLength(1);
  });

  it('restores what Back brings', () => {
    const { store, params$, written } = make({ recording: 'r1' });
    store.selectWeight('gil');
    settle();
    params$.next(convertToParamMap({ recording: 'r1' }));
    settle();
    expect(store.choices.weight).toBeUndefined();
    expect(written).toHaveLength(1);
  });

  it('keeps what is open where the navigation leads back without choices', () => {
    const store = new ProfilerStore(of(NO_TRACE));
    store.selectSource({ kind: 'recording', id: 'r7' });
    const { written } = make({}, store);
    settle();
    expect(store.choices.source).toEqual({ kind: 'recording', id: 'r7' });
    expect(written).toEqual([{ params: { recording: 'r7' }, isReplaced: true }]);
  });

  it('counts a search that goes on as one step', () => {
    expect(isRefined({ recording: 'r', search: 'd' }, { recording: 'r', search: 'db' })).toBe(true);
    expect(isRefined({ recording: 'r' }, { recording: 'r', search: 'd' })).toBe(false);
    expect(isRefined({ recording: 'r', search: 'd' }, { recording: 'x', search: 'db' })).toBe(false);
  });
});

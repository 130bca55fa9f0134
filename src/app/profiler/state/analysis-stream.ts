/** Choices, screen and trace in; what all views show out. */
import {
  animationFrameScheduler,
  auditTime,
  combineLatest,
  defer,
  distinctUntilChanged,
  filter,
  finalize,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
  shareReplay,
  tap,
} from 'rxjs';
import type { Weight } from '#trace/analysis/selection.ts';
import { describeFailure } from '../shared/describe-failure.ts';
import type { Outcome } from '../shared/failure.ts';
import { computePlotWidth } from '../shared/plot-geometry.ts';
import type { AnalysisAnswer, AnalysisRequest } from '../shared/analysis-messages.ts';
import type { TraceState } from '../shared/trace-state.ts';
import type { ActivityMonitor } from './activity-monitor.ts';
import type { Choices } from './choices.ts';
import { latestWins } from './latest-wins.ts';
import type { ProfilerStore, ScreenState } from './profiler-store.ts';
import type { ViewWindow } from './view-window.ts';

/**
 * Smallest frame that a hand can hit, CSS pixels. The same while a range is dragged: frames left out would have others take their place, and move once the hand rests.
 */
const SMALLEST_FRAME = 2;
/** CSS pixels; a guess that holds until the flame graph is laid out. */
const WIDTH_BEFORE_LAYOUT = 1000;

/** nvd3 draws more points no finer, only slower. */
const MAX_TIMELINE_POINTS = 1000;

export interface AnalysisSources {
  readonly trace$: Observable<TraceState>;
  /** The trace that the open one is compared with. */
  readonly before$: Observable<TraceState>;
  readonly store: ProfilerStore;
  readonly analyse: (request: AnalysisRequest) => Promise<AnalysisAnswer>;
  readonly activity: ActivityMonitor;
  readonly scheduler?: SchedulerLike;
}

export const buildAnalysisStream = ({
  trace$,
  before$,
  store,
  analyse,
  activity,
  scheduler = animationFrameScheduler,
}: AnalysisSources): Observable<Outcome<AnalysisAnswer>> =>
  combineLatest([trace$, before$, store.choices$, store.screen$, store.window$, store.weight$]).pipe(
    // Several of these change together; the screen shows one state a frame.
    onceAFrame(activity, scheduler),
    filter(([trace, , , screen]) => trace.summary !== undefined && screen.timelineWidth > 0),
    map(([trace, before, choices, screen, window, weight]) => ({
      ...buildRequest(trace, choices, screen, window, weight),
      ...buildComparison(choices, before),
    })),
    distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
    latestWins((request) => activity.during(analyse(request)), describeFailure),
    tap(() => activity.touch()),
    shareReplay({ bufferSize: 1, refCount: true }),
  );

/** The newest of what changed, with the next frame; until that comes, however late, the page is busy. What follows from it begins in the same task. */
const onceAFrame =
  <T>(activity: ActivityMonitor, scheduler: SchedulerLike): MonoTypeOperatorFunction<T> =>
  (changes$) =>
    defer(() => {
      let endWait: (() => void) | undefined;
      const stopWaiting = (): void => {
        endWait?.();
        endWait = undefined;
      };
      return changes$.pipe(
        tap(() => (endWait ??= activity.begin())),
        auditTime(0, scheduler),
        tap(stopWaiting),
        finalize(stopWaiting),
      );
    });

/** Nothing of it changes the request while it is not looked at. */
const buildComparison = (
  { view, comparedWith, differencesAs }: Choices,
  { revision }: TraceState,
): Pick<AnalysisRequest, 'comparedWith' | 'hasDifferenceTree' | 'comparedRevision'> =>
  view === 'compare'
    ? {
        comparedWith,
        hasDifferenceTree: differencesAs === 'flame',
        comparedRevision: comparedWith?.kind === 'trace' ? revision : 0,
      }
    : { comparedWith: undefined, hasDifferenceTree: false, comparedRevision: 0 };

const buildRequest = (
  { revision }: TraceState,
  { threads, focus, direction, mergeThreads, folds, selected, view, stallThreshold }: Choices,
  screen: ScreenState,
  window: ViewWindow,
  weight: Weight,
): Omit<AnalysisRequest, 'comparedWith' | 'hasDifferenceTree' | 'comparedRevision'> => ({
  revision,
  isGesturing: screen.isGesturing,
  viewport: window.viewport,
  timelinePoints: computeTimelinePoints(screen),
  range: window.range,
  threads,
  weight,
  focus,
  direction,
  mergeThreads,
  folds,
  smallestFrameShare: computeSmallestShare(screen),
  selected,
  hasFunctions: view === 'functions',
  laneColumns: Math.max(1, Math.round(computePlotWidth(screen.timelineWidth))),
  stallThreshold,
  hasStalls: view === 'stalls',
  hasBuilds: view === 'builds',
});

/** The same while a range is dragged: what does not change need not be drawn again. */
const computeTimelinePoints = ({ timelineWidth }: ScreenState): number =>
  Math.min(MAX_TIMELINE_POINTS, Math.max(2, Math.round(computePlotWidth(timelineWidth))));

const computeSmallestShare = ({ flameWidth }: ScreenState): number =>
  SMALLEST_FRAME / (flameWidth || WIDTH_BEFORE_LAYOUT);

import { BehaviorSubject, combineLatest, distinctUntilChanged, map, type Observable, shareReplay } from 'rxjs';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { FOLD_RULE_IDS, type FoldRuleId } from '#trace/analysis/fold-rules.ts';
import { firstWeight } from '#trace/analysis/first-weight.ts';
import type { TimeRange, Weight } from '#trace/analysis/selection.ts';
import type { TreeDirection } from '#trace/analysis/view-paths.ts';
import { microseconds, type Microseconds } from '#trace/contract/units.ts';
import type { ComparedWith } from '../shared/comparison-messages.ts';
import type { PackageGroup } from '../shared/package-group.ts';
import type { TraceSource, TraceState } from '../shared/trace-state.ts';
import { type Choices, type DetailView, type DifferenceShape, NO_CHOICES } from './choices.ts';
import { computeViewWindow, type ViewWindow } from './view-window.ts';

/** What is on the screen without being a choice worth a link. */
export interface ScreenState {
  /** Whether a live view slides along. */
  readonly isFollowing: boolean;
  /** Zoomed part of the time axis; absent: all of it. */
  readonly viewport: TimeRange | undefined;
  /** Whether a hand is on the brush: less detail, and nothing is written to the address. */
  readonly isGesturing: boolean;
  /** CSS pixels. */
  readonly timelineWidth: number;
  /** CSS pixels. */
  readonly flameWidth: number;
}

const FIRST_SCREEN: ScreenState = {
  isFollowing: true,
  viewport: undefined,
  isGesturing: false,
  timelineWidth: 0,
  flameWidth: 0,
};

/** The one place where choices live. Views tell the page what happened, the page calls one method here. */
export class ProfilerStore {
  readonly #choices$ = new BehaviorSubject<Choices>(NO_CHOICES);
  readonly #screen$ = new BehaviorSubject<ScreenState>(FIRST_SCREEN);

  readonly choices$: Observable<Choices> = this.#choices$.pipe(distinctUntilChanged());
  readonly screen$: Observable<ScreenState> = this.#screen$.pipe(distinctUntilChanged());
  readonly window$: Observable<ViewWindow>;
  /** The chosen weight, or the one the recording's mode shows first. */
  readonly weight$: Observable<Weight>;

  constructor(trace$: Observable<TraceState>) {
    this.window$ = combineLatest([trace$, this.choices$, this.screen$]).pipe(
      map(([trace, choices, screen]) => selectWindow(trace, choices, screen)),
      shareReplay({ bufferSize: 1, refCount: true }),
    );
    this.weight$ = combineLatest([trace$, this.choices$]).pipe(
      map(([trace, { weight }]) => weight ?? firstWeight(trace.summary?.header.mode)),
      distinctUntilChanged(),
    );
  }

  get choices(): Choices {
    return this.#choices$.value;
  }

  get screen(): ScreenState {
    return this.#screen$.value;
  }

  /** As an address says. Nothing else of the screen survives it. */
  restore(choices: Choices): void {
    this.#screen$.next({
      ...this.screen,
      isFollowing: choices.range === undefined,
      viewport: undefined,
      isGesturing: false,
    });
    this.#choices$.next(choices);
  }

  /** Another trace: choices about the last one make no sense for it, except how things are looked at. */
  selectSource(source: TraceSource | undefined): void {
    const { weight, view, direction, mergeThreads, foldChains, folds, stallThreshold, differencesAs } = this.choices;
    const looks = { weight, view, direction, mergeThreads, foldChains, folds, stallThreshold, differencesAs };
    this.restore({ ...NO_CHOICES, ...looks, source });
  }

  /** `range` is absent where the selection was taken away. The window of a live view stands still from now on. */
  selectRange(range: TimeRange | undefined, window: ViewWindow): void {
    const viewport = window.isSliding ? window.viewport : this.screen.viewport;
    this.#screen$.next({ ...this.screen, isFollowing: false, viewport });
    this.#change({ range });
  }

  setGesturing(isGesturing: boolean): void {
    if (this.screen.isGesturing !== isGesturing) this.#screen$.next({ ...this.screen, isGesturing });
  }

  zoomTo(viewport: TimeRange, { bounds }: ViewWindow): void {
    const isEverything = viewport.start <= bounds.start && viewport.end >= bounds.end;
    this.#screen$.next({ ...this.screen, isFollowing: false, viewport: isEverything ? undefined : viewport });
  }

  follow(): void {
    this.#screen$.next({ ...this.screen, isFollowing: true, viewport: undefined });
    this.#change({ range: undefined });
  }

  /** `threads` is absent for all of them. */
  selectThreads(threads: readonly number[] | undefined): void {
    this.#change({ threads, focus: undefined });
  }

  selectWeight(weight: Weight): void {
    this.#change({ weight });
  }

  selectFunction(selected: FunctionIdentity | undefined): void {
    this.#change({ selected });
  }

  focusFunction(focus: FunctionIdentity | undefined): void {
    this.#change(focus === undefined ? { focus } : { focus, selected: focus });
  }

  selectDirection(direction: TreeDirection): void {
    this.#change({ direction });
  }

  setMergeThreads(mergeThreads: boolean): void {
    this.#change({ mergeThreads });
  }

  setFoldChains(foldChains: boolean): void {
    this.#change({ foldChains });
  }

  fold(rules: readonly FoldRuleId[]): void {
    this.#change({ folds: FOLD_RULE_IDS.filter((rule) => rules.includes(rule)) });
  }

  search(search: string): void {
    this.#change({ search });
  }

  /** Absent for all of them. */
  selectPackage(packageGroup: PackageGroup | undefined): void {
    this.#change({ packageGroup });
  }

  selectView(view: DetailView): void {
    this.#change({ view });
  }

  /** Absent: what to compare with is chosen anew. */
  compareWith(comparedWith: ComparedWith | undefined): void {
    this.#change({ comparedWith, view: 'compare' });
  }

  /** What was before is looked at and selected on the timeline, and the other way round. */
  swapSides({ bounds }: ViewWindow): void {
    const { comparedWith, source, range } = this.choices;
    if (comparedWith?.kind === 'range')
      this.#change({ range: comparedWith.range, comparedWith: { kind: 'range', range: range ?? bounds } });
    if (comparedWith?.kind !== 'trace' || source === undefined) return;
    // Numbers of threads are those of one trace.
    const swapped: ComparedWith = { kind: 'trace', source, range };
    const { source: before, range: rangeBefore } = comparedWith;
    this.restore({ ...this.choices, source: before, range: rangeBefore, threads: undefined, comparedWith: swapped });
  }

  showDifferencesAs(differencesAs: DifferenceShape): void {
    this.#change({ differencesAs });
  }

  setStallThreshold(stallThreshold: Microseconds): void {
    this.#change({ stallThreshold });
  }

  setTimelineWidth(timelineWidth: number): void {
    this.#screen$.next({ ...this.screen, timelineWidth });
  }

  setFlameWidth(flameWidth: number): void {
    this.#screen$.next({ ...this.screen, flameWidth });
  }

  #change(change: Partial<Choices>): void {
    this.#choices$.next({ ...this.choices, ...change });
  }
}

export const isLivePhase = ({ phase }: TraceState): boolean => phase === 'live' || phase === 'reconnecting';

const selectWindow = (trace: TraceState, { range }: Choices, { isFollowing, viewport }: ScreenState): ViewWindow =>
  computeViewWindow({
    duration: trace.summary?.duration ?? microseconds(0),
    isLive: isLivePhase(trace),
    isFollowing,
    viewport,
    range,
  });

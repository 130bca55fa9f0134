import { ChangeDetectionStrategy, Component, computed, ElementRef, inject, signal, viewChild } from '@angular/core';
import { takeUntilDestroyed, toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { filter, firstValueFrom, map } from 'rxjs';
import type { StartRequest } from '#trace/contract/api.ts';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { describeFailure } from '../shared/describe-failure.ts';
import type { Failure } from '../shared/failure.ts';
import { formatCount } from '../shared/format-quantity.ts';
import { isSameRange } from '../shared/plot-geometry.ts';
import { isTyping } from '../shared/is-typing.ts';
import { WEIGHT_WORDS } from '../shared/weight-words.ts';
import { ActivityMonitor } from '../state/activity-monitor.ts';
import { buildAnalysisStream } from '../state/analysis-stream.ts';
import { ApiClient } from '../state/api-client.ts';
import { Downloader } from '../state/downloader.ts';
import { isLivePhase, ProfilerStore } from '../state/profiler-store.ts';
import { watchRecordingName } from '../state/recording-name.ts';
import { ServerMonitor } from '../state/server-monitor.ts';
import { TraceClient } from '../state/trace-client.ts';
import { TraceOpener } from '../state/trace-opener.ts';
import { syncUrl } from '../state/url-sync.ts';
import { BuildListComponent } from '../views/builds/build-list.component.ts';
import { CallTableComponent } from '../views/calls/call-table.component.ts';
import { LineTableComponent } from '../views/calls/line-table.component.ts';
import { DetailBarComponent } from '../views/detail-bar/detail-bar.component.ts';
import { FlameGraphComponent } from '../views/flame-graph/flame-graph.component.ts';
import { FunctionTableComponent } from '../views/functions/function-table.component.ts';
import { LanesComponent } from '../views/lanes/lanes.component.ts';
import { StallListComponent } from '../views/stalls/stall-list.component.ts';
import { NoticeComponent } from '../views/notice/notice.component.ts';
import { RangeBrushComponent } from '../views/range-brush/range-brush.component.ts';
import { RangeStatsComponent } from '../views/stats/range-stats.component.ts';
import { loadNvd3 } from '../views/timeline/nvd3.ts';
import { TimelineComponent } from '../views/timeline/timeline.component.ts';
import { type DownloadRequest, ToolbarComponent } from '../views/toolbar/toolbar.component.ts';
import { TreeOptionsComponent } from '../views/tree-options/tree-options.component.ts';
import { ComparisonPanelComponent } from './comparison-panel.component.ts';
import { describeSource } from './describe-source.ts';
import { DownloadNoticesComponent } from './download-notices.component.ts';
import { describeSituation, NOTICE_ACTION_NAMES, type NoticeAction } from './page-notice.ts';
import { PAGE_KEYS } from './page-keys.ts';

/** Binds the store to the views, and what happens in them back to the store. */
@Component({
  selector: 'bbp-profiler-page',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    BuildListComponent,
    CallTableComponent,
    ComparisonPanelComponent,
    DetailBarComponent,
    FlameGraphComponent,
    FunctionTableComponent,
    LanesComponent,
    LineTableComponent,
    StallListComponent,
    DownloadNoticesComponent,
    NoticeComponent,
    RangeBrushComponent,
    RangeStatsComponent,
    TimelineComponent,
    ToolbarComponent,
    TreeOptionsComponent,
  ],
  templateUrl: './profiler-page.component.html',
  styleUrl: './profiler-page.component.css',
  host: {
    '(dragover)': 'allowDrop($event)',
    '(dragleave)': 'isDropTarget.set(false)',
    '(drop)': 'takeDrop($event)',
    '(document:keydown)': 'press($event)',
    '[class.drop-target]': 'isDropTarget()',
  },
})
export class ProfilerPageComponent {
  protected readonly store = inject(ProfilerStore);
  private readonly monitor = inject(ServerMonitor);
  private readonly client = inject(TraceClient);
  private readonly opener = inject(TraceOpener);
  private readonly activity = inject(ActivityMonitor);
  private readonly downloader = inject(Downloader);

  protected readonly toolbar = viewChild.required(ToolbarComponent);
  protected readonly formatCount = formatCount;
  protected readonly isDropTarget = signal(false);
  protected readonly isStarting = signal(false);
  protected readonly areKeysShown = signal(false);
  private readonly actionFailure = signal<Failure | undefined>(undefined);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);

  private readonly server = toSignal(this.monitor.state$, { requireSync: true });
  protected readonly trace = toSignal(this.client.state$, { requireSync: true });
  protected readonly choices = toSignal(this.store.choices$, { requireSync: true });
  protected readonly screen = toSignal(this.store.screen$, { requireSync: true });
  protected readonly window = toSignal(this.store.window$, { requireSync: true });
  protected readonly weight = toSignal(this.store.weight$, { requireSync: true });
  private readonly recordingName = toSignal(watchRecordingName(this.store.choices$, inject(ApiClient), this.activity), {
    initialValue: '',
  });
  private readonly outcome = toSignal(
    buildAnalysisStream({
      trace$: this.client.state$,
      before$: this.client.beforeState$,
      store: this.store,
      analyse: (request) => this.client.analyse(request),
      activity: this.activity,
    }),
  );

  protected readonly status = computed(() => this.server().status);
  protected readonly summary = computed(() => this.trace().summary);
  protected readonly isLive = computed(() => isLivePhase(this.trace()));
  /** Whether what is shown is soon followed by something else. */
  protected readonly isMoving = computed(() => this.isLive() || this.isOfPart() || this.screen().isGesturing);
  protected readonly weightName = computed(() => WEIGHT_WORDS[this.weight()].name);
  /** Whether any flame graph is on the screen. */
  protected readonly hasFrames = computed(() => {
    const { view, comparedWith, differencesAs } = this.choices();
    return view === 'flame' || (view === 'compare' && comparedWith !== undefined && differencesAs === 'flame');
  });
  protected readonly startedAt = computed(() => this.summary()?.header.clock.startedAt);
  /** What is shown stays while the next answer is on its way; of another trace nothing stays. */
  protected readonly answer = computed(() => {
    const outcome = this.outcome();
    return this.summary() !== undefined && outcome?.kind === 'ok' ? outcome.value : undefined;
  });
  /** Whether what is shown is of a part of the file that is read, or was until a moment ago. */
  private readonly isOfPart = computed(() => {
    const { phase, revision } = this.trace();
    return phase === 'loading' || (this.answer()?.request.revision ?? revision) < revision;
  });
  /** The range that the frames are of, for whoever measures how fast they follow. */
  protected readonly answeredRange = computed(() => {
    const stats = this.answer()?.stats;
    return stats && `${stats.start}-${stats.end}`;
  });
  /** A window that slides, or grows with a file that is read, moves on together with its curves; what the user zooms follows the hand at once. */
  protected readonly viewport = computed(
    () => {
      const window = this.window();
      const isGrowing = this.trace().phase === 'loading' && this.screen().viewport === undefined;
      return window.isSliding || isGrowing ? (this.answer()?.request.viewport ?? window.viewport) : window.viewport;
    },
    { equal: isSameRange },
  );
  protected readonly isZoomed = computed(() => this.screen().viewport !== undefined);
  /** Of the same recording, what the range is compared with. */
  protected readonly comparedRange = computed(() => {
    const { comparedWith } = this.choices();
    return comparedWith?.kind === 'range' ? comparedWith.range : undefined;
  });
  protected readonly progress = computed(() => {
    const [current, summary] = [this.status()?.current, this.summary()];
    if (current === undefined) return undefined;
    const isShown = this.isLive() && summary?.header.recordingId === current.id;
    const { periodSeconds } = current;
    if (!isShown) return { duration: current.duration, losses: current.losses, periodSeconds };
    const { duration, losses, givenUp } = summary;
    return { duration, losses, givenUp, periodSeconds };
  });
  protected readonly canDownload = computed(() => this.choices().source !== undefined && this.summary() !== undefined);
  /** Of its own: the other choices change with each move of a drag. */
  private readonly source = computed(() => this.choices().source);
  protected readonly sourceText = computed(() => describeSource(this.source(), this.trace(), this.recordingName()));
  protected readonly notices = computed(() => {
    const outcome = this.outcome();
    return describeSituation({
      status: this.status(),
      serverFailure: this.server().failure,
      actionFailure: this.actionFailure(),
      source: this.choices().source,
      trace: this.trace(),
      analysisFailure: outcome?.kind === 'failed' ? outcome.error : undefined,
      stats: this.answer()?.stats,
      hasRange: this.window().range !== undefined,
      weight: this.weight(),
    });
  });

  protected readonly actionNames = NOTICE_ACTION_NAMES;
  protected readonly keys = PAGE_KEYS;

  constructor() {
    const isLive$ = this.client.state$.pipe(map(({ phase }) => phase === 'live'));
    const isServerKnown$ = this.monitor.state$.pipe(
      filter(({ status, failure }) => status !== undefined || failure !== undefined),
    );
    void this.activity.during(firstValueFrom(isServerKnown$));
    // That it fails is told by the timeline.
    void this.activity.during(loadNvd3()).catch(() => undefined);
    syncUrl(this.store, inject(Router), inject(ActivatedRoute)).pipe(takeUntilDestroyed()).subscribe();
    this.opener.watch().pipe(takeUntilDestroyed()).subscribe();
    this.monitor.watch(this.client.status$, isLive$).pipe(takeUntilDestroyed()).subscribe();
  }

  protected record(request: StartRequest): void {
    this.isStarting.set(true);
    void this.attempt(async () => {
      const { id } = await this.monitor.start(request);
      this.store.selectSource({ kind: 'recording', id });
    }).finally(() => this.isStarting.set(false));
  }

  protected stop(): void {
    void this.attempt(async () => {
      await this.monitor.stop();
      // The last samples and the end are still on their way over the live connection.
      await firstValueFrom(this.client.state$.pipe(filter(({ phase }) => phase !== 'live')));
    });
  }

  protected openFile(file: File): void {
    this.actionFailure.set(undefined);
    this.opener.openFile(file);
  }

  protected download(request: DownloadRequest): void {
    void this.downloader.start('Loading the recording to save it.', (task) =>
      this.opener.loadOpenFile(this.recordingName(), request, task),
    );
  }

  protected act(action: NoticeAction): void {
    switch (action) {
      case 'record':
        return this.toolbar().requestRecording();
      case 'open':
        return this.toolbar().chooseFile();
      case 'everything':
        return this.selectRange(undefined);
      case 'wall':
        return this.store.selectWeight('wall');
      case 'dismiss':
        return this.actionFailure.set(undefined);
      case 'stop-reading':
        return void this.client.stopReading();
      case 'read-again':
        return this.opener.readAgain();
      case 'retry':
        return void this.monitor.refresh();
    }
  }

  protected selectRange(range: TimeRange | undefined): void {
    this.store.selectRange(range, this.window());
  }

  protected zoomTo(viewport: TimeRange): void {
    this.store.zoomTo(viewport, this.window());
  }

  protected focusFunction(focus: FunctionIdentity | undefined): void {
    this.store.focusFunction(focus);
  }

  protected showFailure(error: unknown): void {
    this.actionFailure.set(describeFailure(error));
  }

  protected allowDrop(event: DragEvent): void {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    this.isDropTarget.set(true);
  }

  protected takeDrop(event: DragEvent): void {
    const file = event.dataTransfer?.files[0];
    this.isDropTarget.set(false);
    if (file === undefined) return;
    event.preventDefault();
    this.openFile(file);
  }

  /** Keys that work wherever the focus is. Views stop the ones they use themselves. */
  protected press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') this.stepBack(event);
    else if (!isTyping(event) && event.key === '/') this.startSearch(event);
    else if (!isTyping(event) && event.key === '?') this.areKeysShown.update((isShown) => !isShown);
  }

  /** Takes back the innermost choice: the list of keys, the search, the package, the focus, the selection, the range, the comparison. */
  private stepBack(event: KeyboardEvent): void {
    const { search, view, packageGroup, focus, selected, range, comparedWith } = this.choices();
    if (this.areKeysShown()) this.areKeysShown.set(false);
    else if (search !== '') this.store.search('');
    else if (view === 'functions' && packageGroup !== undefined) this.store.selectPackage(undefined);
    else if (focus !== undefined) this.store.focusFunction(undefined);
    else if (selected !== undefined) this.store.selectFunction(undefined);
    else if (range !== undefined) this.selectRange(undefined);
    else if (comparedWith !== undefined) this.store.compareWith(undefined);
    else return;
    event.preventDefault();
  }

  private startSearch(event: KeyboardEvent): void {
    event.preventDefault();
    this.host.nativeElement.querySelector<HTMLInputElement>('input[data-bbp-search]')?.focus();
  }

  /** What the user asked for; a failure is shown until the next attempt. */
  private async attempt(work: () => Promise<unknown>): Promise<void> {
    this.actionFailure.set(undefined);
    // Refusals of the server and broken connections are for the user to read.
    try {
      await this.activity.during(work());
    } catch (error: unknown) {
      this.showFailure(error);
      void this.monitor.refresh();
    }
  }
}

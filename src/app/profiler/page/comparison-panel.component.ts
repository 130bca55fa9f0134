import {
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  inject,
  input,
  signal,
  viewChild,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { RecordingSummary } from '#trace/contract/api.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import type { Microseconds } from '#trace/contract/units.ts';
import { type ButtonChoice, ChoiceButtonsComponent } from '../shared/choice-buttons.component.ts';
import type { ComparisonAnswer } from '../shared/comparison-messages.ts';
import type { Outcome } from '../shared/failure.ts';
import { TRACE_FILE_TYPES } from '../shared/file-types.ts';
import { formatDateAndTime, formatDuration, formatRange } from '../shared/format-quantity.ts';
import type { TraceSource } from '../shared/trace-state.ts';
import { WEIGHT_WORDS } from '../shared/weight-words.ts';
import { ActivityMonitor } from '../state/activity-monitor.ts';
import { ApiClient } from '../state/api-client.ts';
import type { DifferenceShape } from '../state/choices.ts';
import { ProfilerStore } from '../state/profiler-store.ts';
import { TraceClient } from '../state/trace-client.ts';
import { TraceOpener } from '../state/trace-opener.ts';
import { ComparisonChooserComponent } from '../views/comparison/comparison-chooser.component.ts';
import { ComparisonHeadComponent, type SideText } from '../views/comparison/comparison-head.component.ts';
import { ComparisonTableComponent } from '../views/comparison/comparison-table.component.ts';
import { FlameGraphComponent } from '../views/flame-graph/flame-graph.component.ts';
import { NoticeComponent } from '../views/notice/notice.component.ts';
import { COMPARISON_ACTION_NAMES, type ComparisonAction, describeComparison } from './comparison-notice.ts';

const SHAPES: readonly ButtonChoice<DifferenceShape>[] = [
  { id: 'table', name: 'Table' },
  {
    id: 'flame',
    name: 'Graph',
    meaning: 'Both call trees as one: each frame as wide as on the side where it takes more',
  },
];

/** Binds what is compared to its views, and what happens in them back to the store. */
@Component({
  selector: 'bbp-comparison-panel',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    ChoiceButtonsComponent,
    ComparisonChooserComponent,
    ComparisonHeadComponent,
    ComparisonTableComponent,
    FlameGraphComponent,
    NoticeComponent,
  ],
  templateUrl: './comparison-panel.component.html',
  styles: `
    .shape {
      display: flex;
      margin-bottom: var(--bbp-gap);
    }
  `,
})
export class ComparisonPanelComponent {
  protected readonly store = inject(ProfilerStore);
  private readonly client = inject(TraceClient);
  private readonly opener = inject(TraceOpener);
  private readonly api = inject(ApiClient);

  readonly outcome = input<Outcome<ComparisonAnswer> | undefined>();
  /** Whether what is shown is soon followed by something else. */
  readonly isMoving = input(false);

  protected readonly choices = toSignal(this.store.choices$, { requireSync: true });
  private readonly window = toSignal(this.store.window$, { requireSync: true });
  private readonly weight = toSignal(this.store.weight$, { requireSync: true });
  private readonly before = toSignal(this.client.beforeState$, { requireSync: true });
  private readonly listed = signal<readonly RecordingSummary[]>([]);

  protected readonly shapes = SHAPES;
  protected readonly fileTypes = TRACE_FILE_TYPES;
  protected readonly actionNames = COMPARISON_ACTION_NAMES;
  protected readonly comparison = computed(() => {
    const outcome = this.outcome();
    return outcome?.kind === 'ok' ? outcome.value : undefined;
  });
  protected readonly weightName = computed(() => WEIGHT_WORDS[this.weight()].name);
  protected readonly notice = computed(() => {
    const { comparedWith, range } = this.choices();
    return comparedWith && describeComparison({ comparedWith, range, before: this.before(), outcome: this.outcome() });
  });
  protected readonly recordings = computed(() => {
    const { source } = this.choices();
    const openId = source?.kind === 'recording' ? source.id : undefined;
    return this.listed()
      .filter(({ id }) => id !== openId)
      .map(({ id, name, startedAt }) => ({ id, title: `${name || id}, ${formatDateAndTime(startedAt)}` }));
  });
  protected readonly sides = computed((): { before: SideText; after: SideText } => {
    const { comparedWith, source, range } = this.choices();
    const comparison = this.comparison();
    const name = this.nameOf(source);
    const after = { name, range: describeRange(range), weight: this.describeWeight(comparison?.weightAfter) };
    const weight = this.describeWeight(comparison?.weightBefore);
    switch (comparedWith?.kind) {
      case 'trace':
        return {
          after,
          before: { name: this.nameOf(comparedWith.source), range: describeRange(comparedWith.range), weight },
        };
      case 'range':
        return { after, before: { name, range: describeRange(comparedWith.range), weight } };
      case 'rest':
      case undefined:
        return { after, before: { name, range: 'the rest', weight } };
    }
  });
  /** The rest is no range that could be selected. */
  protected readonly canSwap = computed(() => this.choices().comparedWith?.kind !== 'rest');

  private readonly fileInput = viewChild.required<ElementRef<HTMLInputElement>>('file');

  constructor() {
    // Without the list there are ids for names. A server that does not answer is told of by the page.
    void inject(ActivityMonitor)
      .during(this.api.loadRecordings())
      .then((recordings) => this.listed.set(recordings))
      .catch(() => undefined);
  }

  protected keepRange(): void {
    const { range } = this.choices();
    if (range !== undefined) this.store.compareWith({ kind: 'range', range });
  }

  protected compareWithRecording(id: string): void {
    this.store.compareWith({ kind: 'trace', source: { kind: 'recording', id }, range: undefined });
  }

  protected swap(): void {
    this.store.swapSides(this.window());
  }

  protected act(action: ComparisonAction): void {
    switch (action) {
      case 'open':
        return this.chooseFile();
      case 'stop-reading':
        return void this.client.stopReading('before');
      case 'read-again':
        return this.opener.readBeforeAgain();
    }
  }

  protected chooseFile(): void {
    this.fileInput().nativeElement.click();
  }

  protected takeFile(): void {
    const field = this.fileInput().nativeElement;
    const file = field.files?.[0];
    // Emptied, so that choosing the same file again counts as a choice.
    field.value = '';
    if (file !== undefined) this.opener.compareWithFile(file);
  }

  private nameOf(source: TraceSource | undefined): string {
    if (source?.kind !== 'recording') return source?.name ?? '';
    return this.listed().find(({ id }) => id === source.id)?.name || source.id;
  }

  private describeWeight(weight: Microseconds | undefined): string {
    return weight === undefined ? '' : `${formatDuration(weight)} ${WEIGHT_WORDS[this.weight()].sum}`;
  }
}

const describeRange = (range: TimeRange | undefined): string =>
  range === undefined ? 'all of it' : formatRange(range);

import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { Weight } from '#trace/analysis/selection.ts';
import { type ButtonChoice, ChoiceButtonsComponent } from '../../shared/choice-buttons.component.ts';
import type { TraceThread } from '../../shared/trace-state.ts';
import { WEIGHT_CHOICES } from '../../shared/weight-words.ts';

export type DetailTab = 'flame' | 'functions' | 'stalls' | 'builds' | 'compare';

const VIEWS: readonly ButtonChoice<DetailTab>[] = [
  { id: 'flame', name: 'Flame graph' },
  { id: 'functions', name: 'Functions' },
  { id: 'stalls', name: 'Stalls', meaning: 'What held the reactor, and when' },
  { id: 'builds', name: 'Builds' },
  {
    id: 'compare',
    name: 'Compare',
    meaning: 'What grew and what shrank, against another range or another recording',
  },
];

/** How the selection is looked at: which view, which weight, which threads. */
@Component({
  selector: 'bbp-detail-bar',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [ChoiceButtonsComponent],
  template: `
    <bbp-choice-buttons label="View" [choices]="views" [chosen]="view()" (choose)="viewChange.emit($event)" />
    <bbp-choice-buttons label="Weight" [choices]="weights" [chosen]="weight()" (choose)="weightChange.emit($event)" />
    <label>
      <span class="bbp-quiet">Threads</span>
      <select #field (change)="takeThread(field.value)">
        <option value="" [selected]="selectedThread() === ''">all {{ threads().length }}</option>
        @if (selectedThread() === 'several') {
          <option value="several" selected>{{ selectedThreads()?.length }} chosen</option>
        }
        @for (thread of threads(); track thread.index) {
          <option [value]="thread.index" [selected]="selectedThread() === thread.index.toString()">
            {{ thread.name || 'thread ' + thread.nativeId }}{{ thread.isMain ? ' (main)' : '' }}
          </option>
        }
      </select>
    </label>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--bbp-gap) 16px;
    }
    label {
      display: inline-flex;
      align-items: center;
      gap: 6px;
    }
    select {
      max-width: 220px;
    }
  `,
})
export class DetailBarComponent {
  readonly view = input.required<DetailTab>();
  readonly weight = input.required<Weight>();
  readonly threads = input<readonly TraceThread[]>([]);
  /** Absent: all of them. */
  readonly selectedThreads = input<readonly number[] | undefined>();

  readonly viewChange = output<DetailTab>();
  readonly weightChange = output<Weight>();
  readonly threadsChange = output<readonly number[] | undefined>();

  protected readonly views = VIEWS;
  protected readonly weights = WEIGHT_CHOICES;
  protected readonly selectedThread = computed(() => {
    const selected = this.selectedThreads();
    if (selected === undefined) return '';
    return selected.length === 1 ? String(selected[0]) : 'several';
  });

  protected takeThread(value: string): void {
    if (value !== 'several') this.threadsChange.emit(value === '' ? undefined : [Number(value)]);
  }
}

import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { Weight } from '#trace/analysis/selection.ts';
import type { TraceThread } from '../../shared/trace-state.ts';
import { WEIGHT_WORDS } from '../../shared/weight-words.ts';

export type DetailTab = 'flame' | 'functions' | 'stalls' | 'builds' | 'compare';

const WEIGHT_CHOICES: readonly { readonly id: Weight; readonly name: string }[] = [
  { id: 'wall', name: 'Wall' },
  { id: 'cpu', name: 'CPU' },
  { id: 'gil', name: 'GIL' },
];

/** How the selection is looked at: which view, which weight, which threads. */
@Component({
  selector: 'bbp-detail-bar',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="choice" role="group" aria-label="View">
      <button type="button" [attr.aria-pressed]="view() === 'flame'" (click)="viewChange.emit('flame')">
        Flame graph
      </button>
      <button type="button" [attr.aria-pressed]="view() === 'functions'" (click)="viewChange.emit('functions')">
        Functions
      </button>
      <button
        type="button"
        title="What held the reactor, and when"
        [attr.aria-pressed]="view() === 'stalls'"
        (click)="viewChange.emit('stalls')"
      >
        Stalls
      </button>
      <button type="button" [attr.aria-pressed]="view() === 'builds'" (click)="viewChange.emit('builds')">
        Builds
      </button>
      <button
        type="button"
        title="What grew and what shrank, against another range or another recording"
        [attr.aria-pressed]="view() === 'compare'"
        (click)="viewChange.emit('compare')"
      >
        Compare
      </button>
    </div>
    <div class="choice" role="group" aria-label="Weight">
      @for (choice of weights; track choice.id) {
        <button
          type="button"
          [title]="words[choice.id].meaning"
          [attr.aria-pressed]="weight() === choice.id"
          (click)="weightChange.emit(choice.id)"
        >
          {{ choice.name }}
        </button>
      }
    </div>
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
    .choice {
      display: inline-flex;
    }
    .choice button {
      border-radius: 0;
      margin-left: -1px;
    }
    .choice button[aria-pressed='true'] {
      border-color: var(--bbp-accent);
      background: var(--bbp-accent);
      color: var(--bbp-accent-text);
      position: relative;
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

  protected readonly weights = WEIGHT_CHOICES;
  protected readonly words = WEIGHT_WORDS;
  protected readonly selectedThread = computed(() => {
    const selected = this.selectedThreads();
    if (selected === undefined) return '';
    return selected.length === 1 ? String(selected[0]) : 'several';
  });

  protected takeThread(value: string): void {
    if (value !== 'several') this.threadsChange.emit(value === '' ? undefined : [Number(value)]);
  }
}

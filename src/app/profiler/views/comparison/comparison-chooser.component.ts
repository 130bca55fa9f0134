import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { formatRange } from '../../shared/format-quantity.ts';

export interface ChosenRecording {
  readonly id: string;
  readonly title: string;
}

/** Asks what the selection is to be compared with. */
@Component({
  selector: 'bbp-comparison-chooser',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2>Compare the selection with</h2>
    <ul>
      <li>
        <button type="button" [disabled]="range() === undefined" (click)="rangeKeep.emit()">Another range</button>
        <span class="bbp-quiet">{{ rangeHint() }}</span>
      </li>
      <li>
        <button type="button" [disabled]="range() === undefined" (click)="restSelect.emit()">The rest</button>
        <span class="bbp-quiet">{{ restHint() }}</span>
      </li>
      @if (recordings().length > 0) {
        <li>
          <label>
            Another recording
            <select #field>
              @for (recording of recordings(); track recording.id) {
                <option [value]="recording.id">{{ recording.title }}</option>
              }
            </select>
          </label>
          <button type="button" (click)="recordingSelect.emit(field.value)">Compare</button>
        </li>
      }
      <li>
        <button type="button" (click)="fileRequest.emit()">A file</button>
        <span class="bbp-quiet">A recording from disk, in any format that Open takes.</span>
      </li>
    </ul>
  `,
  styles: `
    :host {
      display: block;
    }
    ul {
      display: grid;
      gap: var(--bbp-gap);
      margin: var(--bbp-gap) 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 12px;
    }
    label,
    select {
      max-width: 100%;
    }
  `,
})
export class ComparisonChooserComponent {
  /** What is selected; absent: everything. */
  readonly range = input<TimeRange | undefined>();
  /** Other than the one that is open. */
  readonly recordings = input<readonly ChosenRecording[]>([]);

  /** The selected range is to be the side before. */
  readonly rangeKeep = output();
  readonly restSelect = output();
  readonly recordingSelect = output<string>();
  readonly fileRequest = output();

  protected readonly rangeHint = computed(() => {
    const range = this.range();
    return range === undefined
      ? 'Select a range on the timeline first: it is kept as the side before.'
      : `Keeps ${formatRange(range)} as the side before; then select another range.`;
  });
  protected readonly restHint = computed(() => {
    const range = this.range();
    return range === undefined
      ? 'Select a range on the timeline first: it is compared with all that lies around it.'
      : `Compares ${formatRange(range)} with all that lies around it.`;
  });
}

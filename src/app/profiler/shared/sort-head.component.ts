import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';

export type SortDirection = 'ascending' | 'descending';

/** The head of a column that a table can be ordered by: `<th bbp-sort-head …>`. */
@Component({
  selector: 'th[bbp-sort-head]',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<button type="button" class="bbp-sort" [attr.title]="meaning()" (click)="sort.emit()">
    {{ heading() }}{{ mark() }}
  </button>`,
  host: { scope: 'col', '[attr.aria-sort]': 'direction()' },
})
export class SortHeadComponent {
  readonly heading = input.required<string>();
  readonly meaning = input<string | null>(null);
  /** Absent where the table is ordered by another column. */
  readonly direction = input<SortDirection | null>(null);

  readonly sort = output();

  protected readonly mark = computed(() => {
    const direction = this.direction();
    return direction === null ? '' : direction === 'ascending' ? ' ▴' : ' ▾';
  });
}

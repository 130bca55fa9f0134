import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { LineRow } from '#trace/analysis/function-lines.ts';
import { microseconds } from '#trace/contract/units.ts';
import { formatDurationExactly, formatShare } from '../../shared/format-quantity.ts';

/** Where in the selected function the time went, line by line. */
@Component({
  selector: 'bbp-line-table',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (rows().length > 0) {
      <section aria-label="Lines">
        <h3>Lines</h3>
        <div class="scroll" tabindex="0" role="group" aria-label="Table of lines">
          <table>
            <thead>
              <tr>
                <th scope="col">Line</th>
                <th scope="col" class="bbp-number" title="At the line itself, of the total of the function">Self</th>
                <th scope="col" class="bbp-number" title="With what the line called, of the total of the function">
                  Total
                </th>
              </tr>
            </thead>
            <tbody>
              @for (row of rows(); track row.line) {
                <tr [attr.data-line]="row.line" [attr.data-self-us]="row.self" [attr.data-total-us]="row.total">
                  <td>{{ row.line === 0 ? 'not known' : row.line }}</td>
                  <td class="bbp-number" [title]="exact(row.self)">{{ share(row.self) }}</td>
                  <td class="bbp-number share" [title]="exact(row.total)">
                    <span class="bar" aria-hidden="true" [style.width.%]="percent(row.total)"></span
                    ><span>{{ share(row.total) }}</span>
                  </td>
                </tr>
              }
            </tbody>
          </table>
        </div>
      </section>
    }
  `,
  styleUrl: './call-table.component.css',
})
export class LineTableComponent {
  /** By their numbers. */
  readonly rows = input<readonly LineRow[]>([]);

  private readonly whole = computed(() => this.rows().reduce((sum, { total }) => sum + total, 0));

  protected share(weight: number): string {
    return formatShare(this.percent(weight) / 100);
  }

  protected percent(weight: number): number {
    return this.whole() === 0 ? 0 : (weight / this.whole()) * 100;
  }

  protected readonly exact = (weight: number): string => formatDurationExactly(microseconds(weight));
}

import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { microseconds } from '#trace/contract/units.ts';
import {
  formatCount,
  formatDuration,
  formatDurationExactly,
  formatShare,
  formatShareExactly,
} from '../../shared/format-quantity.ts';
import { formatShortFile } from '../../shared/package-group.ts';
import type { RelatedCall } from '../../shared/analysis-messages.ts';

/** Callers or callees of a function, heaviest first. A click moves on to one of them. */
@Component({
  selector: 'bbp-call-table',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section [attr.aria-label]="title()">
      <h3>{{ title() }}</h3>
      @if (rows(); as rows) {
        @if (rows.length === 0) {
          <p class="bbp-quiet">{{ emptyText() }}</p>
        } @else {
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Function</th>
                  <th scope="col" class="bbp-number">Time</th>
                  <th
                    scope="col"
                    class="bbp-number"
                    title="Samples that caught the call; how often it was made, a sampler does not see"
                  >
                    Samples
                  </th>
                  <th scope="col" class="bbp-number" title="Of the total of the selected function">Share</th>
                </tr>
              </thead>
              <tbody>
                @for (row of rows; track $index) {
                  <tr [attr.data-weight-us]="row.weight">
                    <td class="name">
                      @if (row.identity; as identity) {
                        <button
                          type="button"
                          class="bbp-plain"
                          [title]="identity.file + ':' + identity.firstLine"
                          (click)="functionSelect.emit(identity)"
                        >
                          {{ identity.name }}
                        </button>
                        &ngsp;<span class="bbp-quiet bbp-small">{{ shortFile(identity.file) }}</span>
                      } @else {
                        <span class="bbp-quiet">the thread itself</span>
                      }
                    </td>
                    <td class="bbp-number" [title]="exactTime(row.weight)">{{ time(row.weight) }}</td>
                    <td class="bbp-number" [attr.data-samples]="row.samples">{{ count(row.samples) }}</td>
                    <td class="bbp-number share" [title]="exactShare(row.share)">
                      <span class="bar" aria-hidden="true" [style.width.%]="row.share * 100"></span
                      ><span>{{ share(row.share) }}</span>
                    </td>
                  </tr>
                }
              </tbody>
            </table>
          </div>
        }
      } @else {
        <p class="bbp-quiet">Select a function to see them.</p>
      }
    </section>
  `,
  styleUrl: './call-table.component.css',
})
export class CallTableComponent {
  readonly title = input.required<string>();
  /** Absent while no function is selected. */
  readonly rows = input<readonly RelatedCall[] | undefined>();
  readonly emptyText = input('');

  readonly functionSelect = output<FunctionIdentity>();

  protected readonly shortFile = formatShortFile;
  protected readonly count = formatCount;
  protected readonly share = formatShare;
  protected readonly exactShare = formatShareExactly;
  protected readonly time = (weight: number): string => formatDuration(microseconds(weight));
  protected readonly exactTime = (weight: number): string => formatDurationExactly(microseconds(weight));
}

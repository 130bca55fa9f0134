import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { microseconds } from '#trace/contract/units.ts';
import type { PackageWeight } from '../../shared/analysis-messages.ts';
import { formatCount, formatDuration, formatShare } from '../../shared/format-quantity.ts';
import { PACKAGE_GROUP_NAMES, type PackageGroup } from '../../shared/package-group.ts';

/** What each package takes itself, in the colours of the flame graph. A click asks for its functions alone, another for all again. */
@Component({
  selector: 'bbp-package-filter',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (entries().length > 0) {
      <div role="group" aria-label="Packages, with their own share">
        <span class="bbp-quiet" aria-hidden="true">Self by package</span>
        @for (entry of entries(); track entry.group) {
          <button
            type="button"
            [title]="entry.meaning"
            [attr.aria-pressed]="entry.group === chosen()"
            [attr.data-package]="entry.group"
            [attr.data-self-us]="entry.self"
            [attr.data-total-us]="entry.total"
            (click)="packageChange.emit(entry.group === chosen() ? undefined : entry.group)"
          >
            <span
              class="bbp-swatch"
              aria-hidden="true"
              [style.background]="'var(--bbp-flame-' + entry.group + ')'"
            ></span
            >{{ entry.name }}&ngsp;<b>{{ entry.share }}</b>
          </button>
        }
      </div>
    }
  `,
  styles: `
    :host {
      display: block;
      margin-top: var(--bbp-gap);
    }
    div {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 6px;
    }
    button {
      padding: 2px 8px;
    }
    button[aria-pressed='true'] {
      border-color: var(--bbp-accent);
      background: var(--bbp-row-selected);
      box-shadow: inset 0 0 0 1px var(--bbp-accent);
    }
  `,
})
export class PackageFilterComponent {
  readonly packages = input.required<readonly PackageWeight[]>();
  /** Absent: all of them. */
  readonly chosen = input<PackageGroup | undefined>();
  /** Of the selection, microseconds. */
  readonly totalWeight = input(0);
  /** What the weight is, as in "38 % of the CPU time". */
  readonly weightName = input.required<string>();

  readonly packageChange = output<PackageGroup | undefined>();

  /** One that is chosen stays where it can be let go, whatever it takes. */
  protected readonly entries = computed(() =>
    this.packages()
      .filter(({ group, functionCount }) => functionCount > 0 || group === this.chosen())
      .map((entry) => ({
        ...entry,
        name: PACKAGE_GROUP_NAMES[entry.group],
        share: this.shareOf(entry.self),
        meaning: this.describe(entry),
      })),
  );

  private describe({ self, total, functionCount }: PackageWeight): string {
    const functions = functionCount === 1 ? '1 function' : `${formatCount(functionCount)} functions`;
    return (
      `${functions}: ${formatDuration(microseconds(self))} in them, ${this.shareOf(self)} of the ${this.weightName()}; ` +
      `${formatDuration(microseconds(total))} with all that they called, ${this.shareOf(total)}`
    );
  }

  private shareOf(weight: number): string {
    return formatShare(this.totalWeight() === 0 ? 0 : weight / this.totalWeight());
  }
}

import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';

/** A side of the comparison in words. */
export interface SideText {
  readonly name: string;
  readonly range: string;
  /** What the side weighs; empty while that is not known. */
  readonly weight: string;
}

/** Which two sides are compared. */
@Component({
  selector: 'bbp-comparison-head',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <dl>
      <dt>Before</dt>
      <dd data-side="before">
        <b>{{ before().name }}</b>
        <span>{{ before().range }}</span>
        <span class="bbp-quiet">{{ before().weight }}</span>
      </dd>
      <dt>After</dt>
      <dd data-side="after">
        <b>{{ after().name }}</b>
        <span>{{ after().range }}</span>
        <span class="bbp-quiet">{{ after().weight }}</span>
      </dd>
    </dl>
    <p class="bbp-quiet">Each side counts as 100 %; functions are matched by module and name.</p>
    <p class="actions">
      <button
        type="button"
        title="Look at what was before, and compare that with what is looked at now"
        [disabled]="!canSwap()"
        (click)="swap.emit()"
      >
        Swap
      </button>
      <button type="button" (click)="clear.emit()">Compare with something else</button>
    </p>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: space-between;
      gap: 4px 16px;
      margin-bottom: var(--bbp-gap);
    }
    dl {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 2px 12px;
      margin: 0;
    }
    dt {
      color: var(--bbp-text-quiet);
    }
    dd {
      display: flex;
      flex-wrap: wrap;
      gap: 0 12px;
      margin: 0;
      overflow-wrap: anywhere;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: 4px;
    }
  `,
})
export class ComparisonHeadComponent {
  readonly before = input.required<SideText>();
  readonly after = input.required<SideText>();
  readonly canSwap = input(false);

  readonly swap = output();
  readonly clear = output();
}

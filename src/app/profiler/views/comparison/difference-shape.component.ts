import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';

export type DifferenceShape = 'table' | 'flame';

/** Whether a comparison is a table or a flame graph. */
@Component({
  selector: 'bbp-difference-shape',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="choice" role="group" aria-label="Differences as">
      <button type="button" [attr.aria-pressed]="shape() === 'table'" (click)="shapeChange.emit('table')">Table</button>
      <button
        type="button"
        title="Both call trees as one: each frame as wide as on the side where it takes more"
        [attr.aria-pressed]="shape() === 'flame'"
        (click)="shapeChange.emit('flame')"
      >
        Graph
      </button>
    </div>
  `,
  styles: `
    :host {
      display: block;
      margin-bottom: var(--bbp-gap);
    }
    .choice {
      display: inline-flex;
    }
    .choice button {
      border-radius: 0;
      margin-left: -1px;
    }
    .choice button[aria-pressed='true'] {
      position: relative;
      border-color: var(--bbp-accent);
      background: var(--bbp-accent);
      color: var(--bbp-accent-text);
    }
  `,
})
export class DifferenceShapeComponent {
  readonly shape = input.required<DifferenceShape>();

  readonly shapeChange = output<DifferenceShape>();
}

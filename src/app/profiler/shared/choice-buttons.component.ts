import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';

export interface ButtonChoice<Id extends string> {
  readonly id: Id;
  readonly name: string;
  /** For the hover. */
  readonly meaning?: string;
}

/** Buttons side by side, of which one is pressed. */
@Component({
  selector: 'bbp-choice-buttons',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div role="group" [attr.aria-label]="label()">
      @for (choice of choices(); track choice.id) {
        <button
          type="button"
          [attr.title]="choice.meaning"
          [attr.aria-pressed]="chosen() === choice.id"
          (click)="choose.emit(choice.id)"
        >
          {{ choice.name }}
        </button>
      }
    </div>
  `,
  styles: `
    :host,
    div {
      display: inline-flex;
    }
    button {
      border-radius: 0;
      margin-left: -1px;
    }
    button[aria-pressed='true'] {
      position: relative;
      border-color: var(--bbp-accent);
      background: var(--bbp-accent);
      color: var(--bbp-accent-text);
    }
  `,
})
export class ChoiceButtonsComponent<Id extends string> {
  readonly label = input.required<string>();
  readonly choices = input.required<readonly ButtonChoice<Id>[]>();
  readonly chosen = input.required<Id>();

  readonly choose = output<Id>();
}

import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';

export type NoticeTone = 'plain' | 'warning' | 'error';

/** A state in words: its own sentence, what to do about it, and where it helps a button that does it. */
@Component({
  selector: 'bbp-notice',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="notice" [class]="tone()" [attr.role]="tone() === 'error' ? 'alert' : 'status'">
      <b>{{ title() }}</b>
      @if (progress() !== undefined) {
        <progress [value]="progress()" [attr.aria-label]="title()"></progress>
      }
      <span [attr.aria-live]="isOngoing() ? 'off' : null">{{ text() }}</span>
      @if (action() !== '') {
        <button type="button" (click)="act.emit()">{{ action() }}</button>
      }
    </div>
  `,
  styles: `
    :host {
      display: block;
      margin: 4px 0 8px;
    }
    .notice {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 12px;
      padding: 6px 12px;
      border-left: 3px solid var(--bbp-accent);
      background: var(--bbp-notice-soft);
    }
    progress {
      width: 12em;
      accent-color: var(--bbp-accent);
    }
    .warning {
      border-color: var(--bbp-warning);
      background: var(--bbp-warning-soft);
    }
    .error {
      border-color: var(--bbp-error);
      background: var(--bbp-error-soft);
    }
  `,
})
export class NoticeComponent {
  readonly title = input.required<string>();
  readonly text = input('');
  readonly tone = input<NoticeTone>('plain');
  /** What its button says; no button where empty. */
  readonly action = input('');

  /** 0 to 1; no bar where absent. */
  readonly progress = input<number | undefined>();
  /** Whether its text tells how far something is: it is there to be read, but a screen reader does not say each change of it. */
  readonly isOngoing = input(false);

  readonly act = output();
}

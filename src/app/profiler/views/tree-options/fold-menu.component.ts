import {
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { FOLD_RULE_IDS, type FoldRuleId } from '#trace/analysis/fold-rules.ts';
import type { FoldRuleReach } from '../../shared/analysis-messages.ts';
import { FOLD_RULE_WORDS } from './fold-rule-words.ts';
import { describeFolded, describeReach, type FoldMeasure, measureExtent, toggleRule } from './fold-summary.ts';

const PRESSED = { none: 'false', some: 'mixed', all: 'true' } as const;

/** Hides frames of frameworks: all of them with one button, some with the menu beside it. */
@Component({
  selector: 'bbp-fold-menu',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './fold-menu.component.html',
  styleUrl: './fold-menu.component.css',
  host: {
    '(keydown.escape)': 'closeByKey($event)',
    '(focusout)': 'closeBehind($event)',
    '(document:pointerdown)': 'closeBeside($event)',
  },
})
export class FoldMenuComponent {
  readonly folds = input.required<readonly FoldRuleId[]>();
  /** Rules that the recording has functions for. */
  readonly plumbing = input<readonly FoldRuleReach[]>([]);
  readonly measure = input.required<FoldMeasure>();

  readonly foldsChange = output<readonly FoldRuleId[]>();

  protected readonly allRules = FOLD_RULE_IDS;
  protected readonly isOpen = signal(false);
  protected readonly extent = computed(() => measureExtent(this.plumbing(), this.folds()));
  protected readonly pressed = computed(() => PRESSED[this.extent()]);
  protected readonly summary = computed(() => describeFolded(this.plumbing(), this.folds(), this.measure()));
  protected readonly rules = computed(() =>
    this.plumbing().map((reach) => ({
      rule: reach.rule,
      isChosen: this.folds().includes(reach.rule),
      ...FOLD_RULE_WORDS[reach.rule],
      reach: describeReach(reach, this.measure()),
    })),
  );

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  private readonly opener = viewChild.required<ElementRef<HTMLElement>>('opener');

  protected toggle(rule: FoldRuleId): void {
    this.foldsChange.emit(toggleRule(this.plumbing(), this.folds(), rule));
  }

  /** The innermost thing that is open: the page must not take back anything else for the same key. */
  protected closeByKey(event: Event): void {
    if (!this.isOpen()) return;
    event.preventDefault();
    this.isOpen.set(false);
    this.opener().nativeElement.focus();
  }

  protected closeBehind({ relatedTarget }: FocusEvent): void {
    // Without a target, the pointer took the focus or the window lost it: the first is for closeBeside to judge.
    if (relatedTarget instanceof Node && !this.host.nativeElement.contains(relatedTarget)) this.isOpen.set(false);
  }

  /** Inside Buildbot the event's own target is the element that the page is in. */
  protected closeBeside(event: Event): void {
    if (!event.composedPath().includes(this.host.nativeElement)) this.isOpen.set(false);
  }
}

import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { FoldRuleId } from '#trace/analysis/fold-rules.ts';
import type { TreeDirection } from '#trace/analysis/view-paths.ts';
import type { FoldRuleReach } from '../../shared/analysis-messages.ts';
import { type ButtonChoice, ChoiceButtonsComponent } from '../../shared/choice-buttons.component.ts';
import { FoldMenuComponent } from './fold-menu.component.ts';

const DIRECTIONS: readonly ButtonChoice<TreeDirection>[] = [
  { id: 'top-down', name: 'Top-down', meaning: 'Below each function what it called: where a thread’s time went' },
  {
    id: 'bottom-up',
    name: 'Bottom-up',
    meaning: 'First the functions that took the time themselves, below each who called it',
  },
];

/** How the call tree is looked at: from which end, by thread or not, and without which frames. */
@Component({
  selector: 'bbp-tree-options',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [ChoiceButtonsComponent, FoldMenuComponent],
  template: `
    @if (hasTree()) {
      <bbp-choice-buttons
        label="Direction of the flame graph"
        [choices]="directions"
        [chosen]="direction()"
        (choose)="directionChange.emit($event)"
      />
      <label title="All threads together, without a level of their own">
        <input #field type="checkbox" [checked]="mergeThreads()" (change)="mergeThreadsChange.emit(field.checked)" />
        Merge threads
      </label>
    }
    @if (hasFrames()) {
      <label title="Frames with a single frame below them, and hardly any time of their own, are drawn as one with it">
        <input #chains type="checkbox" [checked]="hasFoldedChains()" (change)="foldChainsChange.emit(chains.checked)" />
        Fold chains
      </label>
    }
    <bbp-fold-menu
      [folds]="folds()"
      [plumbing]="plumbing()"
      [measure]="measure()"
      (foldsChange)="foldsChange.emit($event)"
    />
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 16px;
    }
    label {
      display: inline-flex;
      align-items: center;
      gap: 4px;
    }
    input {
      min-height: 0;
      margin: 0;
    }
  `,
})
export class TreeOptionsComponent {
  /** Whether the flame graph of the recording is on the screen. What is folded concerns functions, callers and lines too. */
  readonly hasTree = input.required<boolean>();
  /** Whether any flame graph is, also that of a comparison. */
  readonly hasFrames = input.required<boolean>();
  readonly direction = input.required<TreeDirection>();
  readonly mergeThreads = input.required<boolean>();
  readonly hasFoldedChains = input.required<boolean>();
  readonly folds = input.required<readonly FoldRuleId[]>();
  /** Rules that the recording has functions for. */
  readonly plumbing = input<readonly FoldRuleReach[]>([]);
  /** Of the selection, microseconds. */
  readonly totalWeight = input(0);
  /** As in "38 % of the CPU time". */
  readonly weightName = input.required<string>();

  readonly directionChange = output<TreeDirection>();
  readonly mergeThreadsChange = output<boolean>();
  readonly foldChainsChange = output<boolean>();
  readonly foldsChange = output<readonly FoldRuleId[]>();

  protected readonly directions = DIRECTIONS;
  protected readonly measure = computed(() => ({ totalWeight: this.totalWeight(), weightName: this.weightName() }));
}

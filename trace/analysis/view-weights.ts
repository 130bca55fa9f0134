import type { ThreadIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { orderCallPaths, type CallPathOrder } from './call-path-order.ts';
import { findFoldRules, FOLD_RULE_IDS, NO_RULE } from './fold-rules.ts';
import type { PathLayout } from './path-layout.ts';
import type { PathWeights } from './path-weights.ts';
import { selectTicks, type Selection } from './selection.ts';
import { ThreadWeights } from './thread-weights.ts';
import type { TreeWorkspace } from './tree-workspace.ts';
import { findViewPaths, OUT_OF_FOCUS, THREAD_ALONE, type TreeDirection } from './view-paths.ts';
import { isCountedInTicks } from './weigh-runs.ts';

/** What the call paths of a view weigh in a selection, one group of threads after the other. */
export class ViewWeights {
  readonly layout: PathLayout;
  /** Rank of each function by name. */
  readonly ranks: Int32Array;
  /** Of the last group, by position in the layout. Whoever reads them clears them. */
  readonly weights: PathWeights;
  /** Microseconds of one of the amounts that are added up. */
  readonly unit: number;
  readonly #order: CallPathOrder;
  readonly #positions: Int32Array | undefined;
  readonly #isFocused: boolean;
  readonly #threadWeights: ThreadWeights;
  /** By position in the order; empty between groups. */
  readonly #source: PathWeights;
  readonly #rules: Int8Array;
  readonly #ofRules = new Float64Array(FOLD_RULE_IDS.length);
  #outOfFocus = 0;

  constructor(model: TraceModel, selection: Selection, direction: TreeDirection, workspace: TreeWorkspace) {
    this.#order = orderCallPaths(model);
    const { layout, positions } = findViewPaths(model, this.#order, selection, direction);
    this.layout = layout;
    this.ranks = this.#order.ranks;
    this.weights = workspace.weights;
    this.unit = isCountedInTicks(selection) ? model.period : 1;
    this.#positions = positions;
    this.#isFocused = selection.focus !== undefined;
    this.#threadWeights = new ThreadWeights(model, selection, selectTicks(model, selection.range), this.#order);
    this.#source = positions === undefined ? workspace.weights : workspace.source;
    this.#rules = findFoldRules(model);
  }

  /** Microseconds of the groups so far that the focus leaves out. */
  get outOfFocus(): number {
    return this.#outOfFocus * this.unit;
  }

  /** Microseconds of the groups so far whose stacks end in a function that a fold rule is about, by rule, whether it hides or not. */
  get ofRules(): Float64Array {
    return this.#ofRules.map((amount) => amount * this.unit);
  }

  /** @returns the amount that is on none of the paths. */
  addGroup(threads: readonly ThreadIndex[]): number {
    const withoutStack = threads.reduce((sum, thread) => sum + this.#threadWeights.add(thread, this.#source), 0);
    this.#sumRules();
    const onThreadAlone = this.#positions === undefined ? 0 : this.#move(this.#positions);
    if (!this.#isFocused) return withoutStack + onThreadAlone;
    this.#outOfFocus += withoutStack;
    return 0;
  }

  #sumRules(): void {
    const { present, presentCount, amounts } = this.#source;
    const { functions } = this.#order;
    const rules = this.#rules;
    for (let index = 0; index < presentCount; index++) {
      const position = present[index]!;
      const rule = rules[functions[position]!]!;
      if (rule !== NO_RULE) this.#ofRules[rule]! += amounts[position]!;
    }
  }

  /** @returns the amount of the paths of which nothing is shown. */
  #move(positions: Int32Array): number {
    const { present, presentCount, amounts } = this.#source;
    let onThreadAlone = 0;
    for (let index = 0; index < presentCount; index++) {
      const position = present[index]!;
      const amount = amounts[position]!;
      const target = positions[position]!;
      if (target === THREAD_ALONE) onThreadAlone += amount;
      else if (target === OUT_OF_FOCUS) this.#outOfFocus += amount;
      else this.weights.add(target, amount);
    }
    this.#source.clear();
    return onThreadAlone;
  }
}

/** What the fold rules hide of a selection. Pure. */
import { FOLD_RULE_IDS, type FoldRuleId } from '#trace/analysis/fold-rules.ts';
import type { FoldRuleReach } from '../../shared/analysis-messages.ts';
import { formatCount, formatShare } from '../../shared/format-quantity.ts';

export interface FoldMeasure {
  /** Of the whole selection, microseconds. */
  readonly totalWeight: number;
  /** What the weight is, as in "38 % of the CPU time". */
  readonly weightName: string;
}

export type FoldExtent = 'none' | 'some' | 'all';

/** Of the rules that the recording has functions for: whoever cannot see a rule cannot choose it either. */
export const measureExtent = (plumbing: readonly FoldRuleReach[], folds: readonly FoldRuleId[]): FoldExtent => {
  const chosen = plumbing.filter(({ rule }) => folds.includes(rule)).length;
  if (chosen === 0) return 'none';
  return chosen === plumbing.length ? 'all' : 'some';
};

/** With all that can be seen chosen, all there are: a longer recording may bring functions for the others. */
export const toggleRule = (
  plumbing: readonly FoldRuleReach[],
  folds: readonly FoldRuleId[],
  rule: FoldRuleId,
): readonly FoldRuleId[] => {
  const toggled = folds.includes(rule) ? folds.filter((other) => other !== rule) : [...folds, rule];
  switch (measureExtent(plumbing, toggled)) {
    case 'none':
      return [];
    case 'some':
      return toggled;
    case 'all':
      return FOLD_RULE_IDS;
  }
};

export const describeReach = ({ functionCount, weight }: FoldRuleReach, measure: FoldMeasure): string =>
  `${nameFunctions(functionCount)}, ${shareOf(weight, measure)} of the ${measure.weightName} in them`;

/** Empty where nothing is hidden. */
export const describeFolded = (
  plumbing: readonly FoldRuleReach[],
  folds: readonly FoldRuleId[],
  measure: FoldMeasure,
): string => {
  const hidden = plumbing.filter(({ rule }) => folds.includes(rule));
  if (hidden.length === 0) return '';
  const count = hidden.reduce((sum, { functionCount }) => sum + functionCount, 0);
  const weight = hidden.reduce((sum, reach) => sum + reach.weight, 0);
  if (weight === 0) return `${nameFunctions(count)} hidden`;
  return `${nameFunctions(count)} hidden; the ${shareOf(weight, measure)} of the ${measure.weightName} in them counts for their callers`;
};

const nameFunctions = (count: number): string => (count === 1 ? '1 function' : `${formatCount(count)} functions`);

const shareOf = (weight: number, { totalWeight }: FoldMeasure): string =>
  formatShare(totalWeight === 0 ? 0 : weight / totalWeight);

import { describe, expect, it } from 'vitest';
import { FOLD_RULE_IDS, type FoldRuleId } from '#trace/analysis/fold-rules.ts';
import { describeFolded, describeReach, measureExtent, toggleRule } from './fold-summary.ts';

const reach = (rule: FoldRuleId, functionCount: number, weight: number) => ({ rule, functionCount, weight });
const PLUMBING = [reach('deferred', 120, 30_000), reach('reactor', 1, 0), reach('threads', 4, 2_000)];
const MEASURE = { totalWeight: 400_000, weightName: 'CPU time' };

describe('what fold rules hide', () => {
  it('is told as functions, and as the share of the weight that moves to their callers', () => {
    expect(PLUMBING.map((rule) => describeReach(rule, MEASURE))).toEqual([
      '120 functions, 7.5 % of the CPU time in them',
      '1 function, 0 % of the CPU time in them',
      '4 functions, 0.50 % of the CPU time in them',
    ]);
    expect(describeFolded(PLUMBING, ['deferred', 'threads', 'asyncio'], MEASURE)).toBe(
      '124 functions hidden; the 8.0 % of the CPU time in them counts for their callers',
    );
    expect(describeFolded(PLUMBING, ['reactor'], MEASURE)).toBe('1 function hidden');
  });

  it('is nothing where no rule hides a function of the recording, and no share of nothing', () => {
    expect(describeFolded(PLUMBING, ['asyncio'], MEASURE)).toBe('');
    expect(describeReach(PLUMBING[0]!, { ...MEASURE, totalWeight: 0 })).toContain('0 % of');
  });
});

describe('the choice of fold rules', () => {
  it('is all, some or none of those that can be seen', () => {
    expect(measureExtent(PLUMBING, ['asyncio'])).toBe('none');
    expect(measureExtent(PLUMBING, ['asyncio', 'reactor'])).toBe('some');
    expect(measureExtent(PLUMBING, ['deferred', 'reactor', 'threads'])).toBe('all');
  });

  it('becomes all rules with the last one that can be seen, and none with the last one taken away', () => {
    expect(toggleRule(PLUMBING, [], 'reactor')).toEqual(['reactor']);
    expect(toggleRule(PLUMBING, ['deferred', 'reactor'], 'threads')).toEqual(FOLD_RULE_IDS);
    expect(toggleRule(PLUMBING, FOLD_RULE_IDS, 'threads')).toEqual(FOLD_RULE_IDS.filter((rule) => rule !== 'threads'));
    expect(toggleRule(PLUMBING, ['asyncio', 'threads'], 'threads')).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import type { RecordingMode } from '#trace/contract/trace-lines.ts';
import { TraceModel } from '#trace/model/trace-model.ts';
import { modelFromText } from '#trace/testing/trace-from-text.ts';
import type { AnalysisRequest } from '../shared/analysis-messages.ts';
import type { ComparisonAnswer } from '../shared/comparison-messages.ts';
import type { Outcome } from '../shared/failure.ts';
import { Comparer } from './comparer.ts';

const OPEN = `
  main
    2 running run > parse
    6 running run > slow
  pool
    8 waiting work`;
const OTHER = `
  pool
    4 waiting work
  main
    3 running run > parse
    1 running run > slow`;

const range = (start: number, end: number) => ({ start: microseconds(start * 1000), end: microseconds(end * 1000) });
const OTHER_TRACE = { kind: 'trace', source: { kind: 'recording', id: 'other' }, range: undefined } as const;
const request = (change: Partial<AnalysisRequest>): AnalysisRequest =>
  ({ weight: 'wall', range: undefined, threads: undefined, ...change }) as AnalysisRequest;
const compare = (change: Partial<AnalysisRequest>, other = modelFromText(OTHER), open = modelFromText(OPEN)) =>
  new Comparer().compare(open, other, request(change));
const sharesOf = (outcome: Outcome<ComparisonAnswer> | undefined, name: string) => {
  if (outcome?.kind !== 'ok') throw new Error(outcome?.error.message ?? 'nothing is compared');
  const { self } = outcome.value.functions.find((row) => row.name === name)!;
  return [self.before, self.after];
};
const messageOf = (outcome: Outcome<ComparisonAnswer> | undefined) =>
  outcome?.kind === 'failed' ? outcome.error : undefined;

describe('the comparison that is on the screen', () => {
  it('is of another trace, which may have been opened beside this one', () => {
    const outcome = compare({ comparedWith: OTHER_TRACE });
    expect(sharesOf(outcome, 'slow')).toEqual([1 / 8, 6 / 16]);
    expect(outcome).toMatchObject({ value: { weightBefore: 80_000, weightAfter: 160_000, functionCount: 4 } });
    expect(sharesOf(compare({ comparedWith: { ...OTHER_TRACE, range: range(30, 40) } }), 'slow')).toEqual([
      0.5,
      6 / 16,
    ]);
  });

  it('is of another range of the same trace, or of all that is not selected', () => {
    const selected = { range: range(10, 40), threads: [0] };
    expect(sharesOf(compare({ ...selected, comparedWith: { kind: 'range', range: range(0, 20) } }), 'slow')).toEqual([
      0,
      2 / 3,
    ]);
    expect(sharesOf(compare({ ...selected, comparedWith: { kind: 'rest' } }), 'slow')).toEqual([4 / 5, 2 / 3]);
  });

  it('finds the threads that were chosen by their names in another trace', () => {
    expect(sharesOf(compare({ threads: [0], comparedWith: OTHER_TRACE }), 'slow')).toEqual([1 / 4, 6 / 8]);
    const failure = messageOf(
      compare({ threads: [1], comparedWith: OTHER_TRACE }, modelFromText('main\n  1 running run')),
    );
    expect(failure).toEqual({ code: 'not-comparable', message: 'The side before has no thread named pool.' });
  });

  it('refuses sides of different modes, and those without any of the weight, and says why', () => {
    const other = (drawing: string, mode: RecordingMode) =>
      messageOf(compare({ comparedWith: OTHER_TRACE }, modelFromText(drawing, { mode })));
    expect(other(OTHER, 'prof')).toMatchObject({
      code: 'not-comparable',
      message: expect.stringContaining('mode prof') as string,
    });
    expect(other('main\n  1 idle poll', 'real')?.message).toContain('The side before has no wall time');
  });

  it('is drawn of one function alone, and has nothing where neither side has it', () => {
    const draw = (name: string) => {
      const focus = { name, file: 'app.py', firstLine: 0 };
      const outcome = compare({ comparedWith: OTHER_TRACE, hasDifferenceTree: true, smallestFrameShare: 0, focus });
      if (outcome?.kind !== 'ok') throw new Error('nothing is compared');
      const { tree, focus: focused, functionCount } = outcome.value;
      return [tree?.children.map((child) => child.name), focused?.name, functionCount];
    };
    expect(draw('slow')).toEqual([['slow'], 'slow', 4]);
    expect(draw('gone')).toEqual([[], 'gone', 4]);
  });

  it('is not there before both sides are, nor where nothing is compared', () => {
    expect(compare({ comparedWith: OTHER_TRACE }, new TraceModel())).toBeUndefined();
    expect(compare({ comparedWith: { kind: 'rest' } }, new TraceModel(), new TraceModel())).toBeUndefined();
    expect(compare({})).toBeUndefined();
  });

  it('follows each side as it grows, and another trace in its place', () => {
    const comparer = new Comparer();
    const [open, first, second] = [OPEN, OTHER, 'main\n  1 running run > slow'].map((drawing) =>
      modelFromText(drawing),
    );
    const shares = (other: TraceModel) =>
      sharesOf(comparer.compare(open!, other, request({ comparedWith: OTHER_TRACE })), 'slow');
    expect(shares(first!)).toEqual(shares(first!));
    expect(shares(second!)[0]).toBe(1);
    expect(shares(first!)[0]).toBe(1 / 8);
  });
});

import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { NO_TRACE, type TraceState } from '../shared/trace-state.ts';
import { type ComparisonSituation, describeComparison } from './comparison-notice.ts';

const RANGE = { start: microseconds(1_000_000), end: microseconds(2_000_000) };
const FILE = { kind: 'trace', source: { kind: 'file', name: 'old.bbprof' }, range: undefined } as const;
const describeIt = (change: Partial<ComparisonSituation>) =>
  describeComparison({ comparedWith: FILE, range: RANGE, before: NO_TRACE, outcome: undefined, ...change });
const ofTrace = (before: Partial<TraceState>) => describeIt({ before: { ...NO_TRACE, ...before } });

describe('what is said beside a comparison', () => {
  it('is what is still to be selected', () => {
    expect(describeIt({ comparedWith: { kind: 'range', range: RANGE } })).toMatchObject({
      id: 'same-range',
      text: 'It is compared with 0:01.000 to 0:02.000.',
      isAlone: true,
    });
    expect(describeIt({ comparedWith: { kind: 'rest' }, range: undefined })).toMatchObject({ id: 'no-range' });
    expect(describeIt({ comparedWith: { kind: 'rest' } })).toBeUndefined();
  });

  it('is that a file of a link has to be opened again, and how far one is read', () => {
    expect(ofTrace({})).toMatchObject({ id: 'file-again', action: 'open', isAlone: true });
    expect(ofTrace({ phase: 'loading', loadedBytes: 25, totalBytes: 100 })).toMatchObject({ progress: 0.25 });
    expect(ofTrace({ phase: 'partial' })).toMatchObject({ action: 'read-again', isAlone: false });
    expect(ofTrace({ phase: 'cut' })).toMatchObject({ tone: 'warning', isAlone: false });
    expect(ofTrace({ phase: 'complete' })).toBeUndefined();
  });

  it('is why nothing is compared, with what to do', () => {
    const failure = { code: 'bad-trace', message: 'The file is no recording.' } as const;
    expect(ofTrace({ phase: 'failed', failure })).toMatchObject({ tone: 'error', title: failure.message });
    const error = { code: 'not-comparable', message: 'One side was recorded in the mode prof.' } as const;
    const refused = describeIt({ before: { ...NO_TRACE, phase: 'complete' }, outcome: { kind: 'failed', error } });
    expect(refused).toMatchObject({ tone: 'error', title: error.message, isAlone: true });
    expect(refused?.text).not.toBe('');
  });
});

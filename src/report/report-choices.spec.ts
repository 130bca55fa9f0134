import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { firstChoices, type ReportChoices, stepBack, toRequest } from './report-choices.ts';

const BOUNDS = { start: microseconds(0), end: microseconds(10_000) };
const RANGE = { start: microseconds(2000), end: microseconds(4000) };
const WORK = { name: 'work', file: '/srv/a.py', firstLine: 3 };
const FIRST = firstChoices(BOUNDS, 'cpu');
const WIDTHS = { timeline: 1074, flame: 600 };

describe('the choices of who reads a report', () => {
  it('are taken back from the innermost outwards, until there is none', () => {
    let choices: ReportChoices = { ...FIRST, range: RANGE, selected: WORK, focus: WORK, search: 'wo' };
    const gone: string[] = [];
    for (let change = stepBack(choices); change !== undefined; change = stepBack(choices)) {
      gone.push(...Object.keys(change));
      choices = { ...choices, ...change };
    }
    expect(gone).toEqual(['search', 'focus', 'selected', 'range']);
    expect(choices).toEqual(FIRST);
  });

  it('ask for one thread where one is chosen, and else for all', () => {
    expect(toRequest(FIRST, WIDTHS, false).threads).toBeUndefined();
    expect(toRequest({ ...FIRST, thread: 0 }, WIDTHS, false).threads).toEqual([0]);
  });

  it('ask for the direction, and for no other answer where chains are folded', () => {
    expect(toRequest(FIRST, WIDTHS, false).direction).toBe('top-down');
    expect(toRequest({ ...FIRST, direction: 'bottom-up' }, WIDTHS, false).direction).toBe('bottom-up');
    expect(toRequest({ ...FIRST, foldChains: true }, WIDTHS, false)).toEqual(toRequest(FIRST, WIDTHS, false));
  });

  it('ask for what cannot follow a hand once it rests', () => {
    const choices = { ...FIRST, range: RANGE, selected: WORK };
    expect(toRequest(choices, WIDTHS, true)).toMatchObject({ range: RANGE, selected: undefined, hasFunctions: false });
    expect(toRequest(choices, WIDTHS, false)).toMatchObject({ range: RANGE, selected: WORK, hasFunctions: true });
  });

  it('ask for no frame that is too narrow to be seen', () => {
    const { smallestFrameShare } = toRequest(FIRST, WIDTHS, false);
    expect(smallestFrameShare * WIDTHS.flame).toBeGreaterThan(1);
    expect(toRequest(FIRST, { timeline: 0, flame: 0 }, false).smallestFrameShare).toBeLessThan(2);
  });
});

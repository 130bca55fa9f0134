import { describe, expect, it } from 'vitest';
import type { ComparedFunction } from '#trace/analysis/comparison.ts';
import { changeOf, type ComparisonFilter, type ComparisonSorting, selectRows } from './comparison-order.ts';

const row = (name: string, self: [number, number], total: [number, number]): ComparedFunction => ({
  name,
  module: `app.${name}`,
  identity: { name, file: `/srv/app/${name}.py`, firstLine: 1 },
  self: { before: self[0], after: self[1] },
  total: { before: total[0], after: total[1] },
});
const FUNCTIONS = [
  row('run', [0, 0.1], [1, 1]),
  row('parse', [0.5, 0.2], [0.5, 0.2]),
  row('old', [0.25, 0], [0.25, 0]),
  row('fresh', [0, 0.4], [0, 0.4]),
  row('main', [0, 0], [1, 1]),
];
const ALL: ComparisonFilter = { measure: 'self', search: '', kind: undefined };
const names = (filter: Partial<ComparisonFilter>, column: ComparisonSorting['column'] = 'difference') =>
  selectRows(
    FUNCTIONS,
    { ...ALL, ...filter },
    { column, direction: column === 'name' ? 'ascending' : 'descending' },
  ).map(({ name }) => name);

describe('rows of a comparison', () => {
  it('begin with what grew most and end with what shrank most', () => {
    expect(names({})).toEqual(['fresh', 'run', 'main', 'old', 'parse']);
    expect(names({ measure: 'total' })).toEqual(['fresh', 'main', 'run', 'old', 'parse']);
    const ascending = selectRows(FUNCTIONS, ALL, { column: 'difference', direction: 'ascending' });
    expect(ascending[0]?.name).toBe('parse');
  });

  it('are ordered by either side or by name', () => {
    expect(names({}, 'before')).toEqual(['parse', 'old', 'main', 'run', 'fresh']);
    expect(names({}, 'after').slice(0, 2)).toEqual(['fresh', 'parse']);
    expect(names({}, 'name')).toEqual(['fresh', 'main', 'old', 'parse', 'run']);
  });

  it('are those that are searched for, and those of one kind of change', () => {
    expect(names({ search: 'APP/pa' })).toEqual(['parse']);
    expect(names({ search: 'app.old' })).toEqual(['old']);
    expect(names({ kind: 'added' })).toEqual(['fresh']);
    expect(names({ kind: 'grew' })).toEqual(['run']);
    expect(names({ kind: 'grew', measure: 'total' })).toEqual([]);
  });

  it('call added and removed only what one side does not have at all', () => {
    expect(FUNCTIONS.map((one) => changeOf(one, 'self'))).toEqual(['grew', 'shrank', 'removed', 'added', 'same']);
    expect(changeOf(FUNCTIONS[0]!, 'total')).toBe('same');
  });
});

import { describe, expect, it } from 'vitest';
import { selectFunctions } from './function-order.ts';

const row = (name: string, self: number, total: number) => ({
  identity: { name, file: `/srv/${name}.py`, firstLine: 1 },
  self,
  total,
});
const FUNCTIONS = [row('poll', 50, 50), row('split', 30, 40), row('main', 1, 100)];
const select = (...rest: [Parameters<typeof selectFunctions>[1], string]) =>
  selectFunctions(FUNCTIONS, ...rest).map(({ identity }) => identity.name);

describe('order of the functions', () => {
  it('is by self, by total or by name', () => {
    expect(select('self', '')).toEqual(['poll', 'split', 'main']);
    expect(select('total', '')).toEqual(['main', 'poll', 'split']);
    expect(select('name', '')).toEqual(['main', 'poll', 'split']);
  });

  it('leaves out what is not searched', () => {
    expect(select('self', 'SPL')).toEqual(['split']);
    expect(select('self', '/srv/main')).toEqual(['main']);
  });

  it('leaves out what is of another package', () => {
    const library = {
      ...row('join', 5, 5),
      identity: { name: 'join', file: '/usr/lib/python3.13/os.py', firstLine: 1 },
    };
    const names = (...rest: [string, 'library' | 'configuration']) =>
      selectFunctions([...FUNCTIONS, library], 'self', ...rest).map(({ identity }) => identity.name);
    expect(names('', 'library')).toEqual(['join']);
    expect(names('spl', 'configuration')).toEqual(['split']);
    expect(names('spl', 'library')).toEqual([]);
  });
});

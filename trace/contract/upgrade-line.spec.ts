import { describe, expect, it } from 'vitest';
import { TRACE_VERSION } from './trace-lines.ts';
import { LINE_UPGRADERS, upgradeLine, type LineUpgrader } from './upgrade-line.ts';

const upgraders: Record<number, LineUpgrader> = {
  1: ({ old, ...line }) => ({ ...line, middle: `${String(old)}+` }),
  2: ({ middle, ...line }) => ({ ...line, current: `${String(middle)}+` }),
};

describe('upgradeLine', () => {
  it('goes one version at a time, from the version of the trace', () => {
    expect(upgradeLine({ kind: 'end', old: 'x' }, 1, 3, upgraders)).toEqual({ kind: 'end', current: 'x++' });
    expect(upgradeLine({ kind: 'end', middle: 'x' }, 2, 3, upgraders)).toEqual({ kind: 'end', current: 'x+' });
  });

  it('leaves a line of the newest version as it is', () => {
    const line = { kind: 'end', current: 'x' };
    expect(upgradeLine(line, 3, 3, upgraders)).toBe(line);
  });

  it("raises the header's version", () => {
    expect(upgradeLine({ kind: 'header', version: 1, old: '' }, 1, 3, upgraders)).toMatchObject({ version: 3 });
  });

  it('has a step from every version but the newest', () => {
    const versions = Array.from({ length: TRACE_VERSION - 1 }, (_, index) => String(index + 1));
    expect(Object.keys(LINE_UPGRADERS)).toEqual(versions);
  });
});

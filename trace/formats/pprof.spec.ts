import { Profile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { WEIGHTS } from '../analysis/selection.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { formatTotals, functionTotals, totalsOfStacks } from '../testing/function-totals.ts';
import { joinParts } from '../testing/read-bytes.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { formatPprof } from './pprof.ts';

const DRAWING = `
  MainThread cpu=18ms
    2 running+gil  run@/srv/main.py:3 > work@/srv/main.py:12 > work@/srv/main.py:13
    1 running      run@/srv/main.py:3 > work@/srv/main.py:9
    3 idle         run@/srv/main.py:3 > poll@select.py
    1 waiting      run@/srv/main.py:3
  pool
    4 idle
    1 waiting+gil  loop@pool.py:1
    2 running
`;

const NANOSECONDS = 1000;

const decode = (model: TraceModel) => {
  const profile = Profile.decode(joinParts(formatPprof(model, { weight: 'cpu' })));
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)]!;
  const locations = new Map(profile.location.map((location) => [location.id, location]));
  const functions = new Map(profile.function.map((called) => [called.id, called]));
  const nameOf = (location: number | bigint): string => {
    const called = functions.get(locations.get(location)!.line[0]!.functionId)!;
    return `${text(called.name)} ${text(called.filename)}`.trimEnd();
  };
  return { profile, text, nameOf };
};

describe('a pprof profile, read by pprof-format', () => {
  it.each(WEIGHTS)('has the totals per function of each weight: %s', (weight) => {
    const model = modelFromText(DRAWING);
    const { profile, nameOf, text } = decode(model);
    const position = profile.sampleType.findIndex(({ type }) => text(type) === weight);
    const stacks = profile.sample.map(({ locationId, value }) => ({
      functions: locationId.map(nameOf).reverse(),
      weight: Number(value[position]) / NANOSECONDS,
    }));
    const withoutUnknown = stacks.filter(({ functions }) => functions[0] !== '(no stack)');
    expect(formatTotals(totalsOfStacks(withoutUnknown))).toEqual(formatTotals(functionTotals(model, { weight })));
    const unknown = stacks.filter(({ functions }) => functions[0] === '(no stack)');
    expect(unknown.reduce((sum, stack) => sum + stack.weight, 0)).toBe(weight === 'wall' ? 20_000 : 0);
  });

  it('says what its values are, which is shown first, and when the recording was', () => {
    const { profile, text } = decode(modelFromText(DRAWING));
    expect(profile.sampleType.map(({ type, unit }) => `${text(type)} ${text(unit)}`)).toEqual([
      'wall nanoseconds',
      'cpu nanoseconds',
      'gil nanoseconds',
    ]);
    expect(text(profile.defaultSampleType)).toBe('cpu');
    expect([Number(profile.timeNanos), Number(profile.period), Number(profile.durationNanos)]).toEqual([
      1.7e18, 1e7, 7e7,
    ]);
  });

  it('has lines, first lines of none, and threads as labels', () => {
    const { profile, text, nameOf } = decode(modelFromText(DRAWING));
    expect(profile.location.map(({ id, line }) => `${nameOf(id)}:${Number(line[0]!.line)}`)).toContain(
      'work /srv/main.py:13',
    );
    const labels = profile.sample.map(({ label }) =>
      label.map(({ key, str, num }) => `${text(key)}=${text(str)}${num}`),
    );
    expect(new Set(labels.map((label) => label.join(' ')))).toEqual(
      new Set(['thread=MainThread0 thread_id=100', 'thread=pool0 thread_id=101']),
    );
  });

  it('comes in parts where it is large', () => {
    const wide = Array.from({ length: 6000 }, (_, index) => `    1 running f${index}@${'x'.repeat(50)}${index}.py`);
    const model = modelFromText(`  main\n${wide.join('\n')}`);
    const parts = Array.from(formatPprof(model, { weight: 'wall' }), (part) => part.slice());
    expect(parts.length).toBeGreaterThan(1);
    expect(Profile.decode(joinParts(parts)).sample).toHaveLength(6000);
  });
});

import { Profile, StringTable } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { MAX_STACK_DEPTH } from '../contract/trace-limits.ts';
import { refusalOf, totalsOfFile } from '../testing/read-file.ts';

const column = <T>(length: number, value: T): T[] => new Array<T>(length).fill(value);

const profileOf = (change: (strings: StringTable) => object): Uint8Array => {
  const stringTable = new StringTable();
  return new Profile({ stringTable, ...change(stringTable) }).encode();
};
const line = (functionId: number, at = 0) => ({ functionId, line: at });
const goProfile = (more: object = {}) =>
  profileOf((strings) => ({
    sampleType: [
      { type: strings.dedup('samples'), unit: strings.dedup('count') },
      { type: strings.dedup('cpu'), unit: strings.dedup('nanoseconds') },
    ],
    periodType: { type: strings.dedup('cpu'), unit: strings.dedup('nanoseconds') },
    period: 10_000_000,
    function: [
      { id: 1, name: strings.dedup('main'), filename: strings.dedup('main.go'), startLine: 3 },
      { id: 2, name: strings.dedup('inlined'), filename: strings.dedup('main.go') },
    ],
    location: [
      { id: 1, line: [line(1, 5)] },
      { id: 2, line: [line(2, 9), line(1, 6)] },
      { id: 3, address: 0xabc },
    ],
    sample: [
      { locationId: [1], value: [2, 20_000_000] },
      { locationId: [3, 2], value: [1, 10_000_000] },
    ],
    ...more,
  }));

describe('pprof profiles', () => {
  it('are read with the last kind of values, inlined functions as frames and addresses without one', async () => {
    expect(await totalsOfFile(goProfile())).toEqual([
      '0xabc : 10000 of 10000',
      'inlined main.go: 0 of 10000',
      'main main.go: 20000 of 30000',
    ]);
  });

  it('are read with the default kind of values where the file names one, counts as so many periods', async () => {
    const counted = goProfile();
    const profile = Profile.decode(counted);
    profile.defaultSampleType = profile.sampleType[0]!.type;
    expect(await totalsOfFile(profile.encode())).toEqual(await totalsOfFile(counted));
  });

  it('are refused where they are cut anywhere, unless the cut leaves a whole profile', async () => {
    const whole = goProfile();
    for (let end = 3; end < whole.length; end++) {
      const refusal = await refusalOf(whole.slice(0, end));
      expect(refusal, `cut at ${end}`).toMatch(/^bad-trace: |^was read$/);
    }
    expect(await refusalOf(whole.slice(0, -3))).toMatch(/^bad-trace: The pprof profile ends within/);
  });

  it.each([
    ['a location that is not there', { sample: [{ locationId: [9], value: [1, 1] }] }, 'names location 9'],
    ['a function that is not there', { function: [] }, 'names function 1, which it does not have'],
    ['a text that is not there', { function: [{ id: 1, name: 99 }, { id: 2 }] }, 'names string 99 of'],
    ['a value too few', { sample: [{ locationId: [1], value: [1] }] }, 'fewer values than it has kinds of them'],
    ['no kinds of values', { sampleType: [{}], sample: [] }, 'neither a trace nor'],
    ['no samples', { sample: [] }, 'The file has no samples'],
    ['nothing but negative values', { sample: [{ locationId: [1], value: [-1, -1] }] }, 'The file has no samples'],
    [
      'a stack without end',
      { sample: [{ locationId: column(MAX_STACK_DEPTH + 1, 1), value: [1, 1] }] },
      '16384 frames',
    ],
    ['values without end', { sample: [{ locationId: [1], value: column(65, 1) }] }, 'more than 64 kinds of values'],
  ])('are refused with %s', async (_what, more, message) => {
    const refusal = await refusalOf(goProfile(more));
    expect(refusal).toContain('bad-trace: ');
    expect(refusal).toContain(message);
  });

  it.each([
    ['a number without end', [0x0a, 0x04, 0x08, 1, 0x10, 2, 0x48, ...column(10, 0xff)], 'more than 10 bytes'],
    [
      'a length beyond the file',
      [0x0a, 0x04, 0x08, 1, 0x10, 2, 0x12, 0xff, 0xff, 0xff, 0xff, 0x7f],
      'ends within a field',
    ],
    ['a type of field that there is not', [0x0a, 0x04, 0x08, 1, 0x10, 2, 0x0b], 'has no known type'],
    ['a text that is no text', [0x0a, 0x04, 0x08, 1, 0x10, 2, 0x32, 1, 0xff], 'a text that is not UTF-8'],
  ])('are refused with %s', async (_what, file, message) => {
    expect(await refusalOf(Uint8Array.from(file))).toContain(message);
  });
});

import { describe, expect, it } from 'vitest';
import { formatTotals, functionTotals } from '../testing/function-totals.ts';
import { loadFile, refusalOf, totalsOfFile } from '../testing/read-file.ts';

const tables = {
  stackTable: { frame: [0, 1, 2], prefix: [null, 0, 0], length: 3 },
  frameTable: { func: [0, 1, 1], line: [5, null, 7], category: [0, 0, 1], length: 3 },
  funcTable: { name: [0, 1], source: [0, null], lineNumber: [4, null], length: 2 },
};
const samples = { stack: [0, 1, null, 2, 1], time: [5, 6, 7, 8, 9], weight: null, weightType: 'samples', length: 5 };
const thread = (more: object = {}) => ({ name: 'GeckoMain', isMainThread: true, pid: '1', tid: 7, samples, ...more });
const firefox = (version: number, shared: object = {}, threads: object[] = [thread()]) => ({
  meta: {
    interval: 2,
    startTime: 1_700_000_000_000,
    preprocessedProfileVersion: version,
    categories: [
      { name: 'Other', color: 'grey' },
      { name: 'Idle', color: 'transparent' },
    ],
  },
  libs: [],
  threads,
  shared: { stringArray: ['f', 'g', 'a.py'], sources: { filename: [2], length: 1 }, ...tables, ...shared },
});
const FIREFOX_TOTALS = ['f a.py: 2000 of 6000', 'g : 4000 of 4000'];

describe('Firefox profiles', () => {
  it('are read with samples of an interval each, idle ones and those without a stack left out', async () => {
    const model = await loadFile(firefox(60));
    expect(formatTotals(functionTotals(model, { weight: 'wall' }), 0)).toEqual(FIREFOX_TOTALS);
    expect(model.threads[0]).toMatchObject({ name: 'GeckoMain', isMain: true, nativeId: 7 });
  });

  it('are read of versions with tables, texts and file names elsewhere', async () => {
    const byDistance = { stackTable: { frame: [0, 1, 2], prefixOffset: [0, 1, 2], length: 3 } };
    expect(await totalsOfFile(firefox(70, byDistance))).toEqual(FIREFOX_TOTALS);
    const { stringArray, sources } = firefox(60).shared;
    const own = { ...tables, funcTable: { name: [0, 1], fileName: [2, null], lineNumber: [4, null], length: 2 } };
    expect(await totalsOfFile({ ...firefox(56, {}, [thread(own)]), shared: { stringArray } })).toEqual(FIREFOX_TOTALS);
    expect(await totalsOfFile({ ...firefox(59, {}, [thread(tables)]), shared: { stringArray, sources } })).toEqual(
      FIREFOX_TOTALS,
    );
    expect(await totalsOfFile({ ...firefox(47, {}, [thread({ ...own, stringArray })]), shared: undefined })).toEqual(
      FIREFOX_TOTALS,
    );
  });

  it('are read with weights and times as differences, negative weights left out', async () => {
    const changed = { stack: [0, 1, 1], timeDeltas: [5, 1, 1], weight: [0.25, 1.5, -3], weightType: 'tracing-ms' };
    expect(await totalsOfFile(firefox(60, {}, [thread({ samples: { ...changed, length: 3 } })]))).toEqual([
      'f a.py: 250 of 1750',
      'g : 1500 of 1500',
    ]);
  });

  it.each([46, 71])('of version %i are refused by name', async (version) => {
    expect(await refusalOf(firefox(version))).toBe(
      `unsupported-trace: The Firefox profile is of version ${version}; this program reads 47 to 70`,
    );
  });

  it.each([
    [
      'a stack that is its own parent',
      { stackTable: { frame: [0], prefix: [0] } },
      'whose parent does not come before',
    ],
    ['a parent that is no number', { stackTable: { frame: [0], prefix: ['0'] } }, 'whose parent does not come before'],
    ['a distance beyond the first', { stackTable: { frame: [0], prefixOffset: [1] } }, 'whose parent does not come'],
    ['parents for some stacks', { stackTable: { frame: [0, 1], prefix: [null] } }, 'have different lengths'],
    ['a frame that is not there', { stackTable: { frame: [3], prefix: [null] } }, 'frame[0] is not a whole number'],
    ['a function that is not there', { frameTable: { ...tables.frameTable, func: [2] } }, 'names row 2 of 2'],
    ['a name that is not there', { funcTable: { ...tables.funcTable, name: [3] } }, 'name[0] is not a whole number'],
    ['no texts', { stringArray: undefined }, 'profile.shared.stringArray is not an array'],
  ])('are refused with %s', async (_what, shared, message) => {
    const refusal = await refusalOf(firefox(60, shared));
    expect(refusal).toContain('bad-trace: ');
    expect(refusal).toContain(message);
  });

  it.each([
    ['a stack that is not there', { stack: [3], time: [0], weight: null }, 'a stack that the file does not have'],
    ['more stacks than times', { stack: [0, 0], time: [0], weight: null }, 'have different lengths'],
    ['more stacks than weights', { stack: [0], time: [0], weight: [] }, 'have different lengths'],
    ['no stacks', { stack: [null], time: [0], weight: null }, 'The file has no samples'],
  ])('are refused with samples of %s', async (_what, changed, message) => {
    expect(await refusalOf(firefox(60, {}, [thread({ samples: changed })]))).toContain(message);
  });
});

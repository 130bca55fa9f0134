import fc from 'fast-check';
import { Profile, StringTable } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { encodeLine, readTraceLines } from '../contract/codec.ts';
import { MAX_STACK_DEPTH, MAX_STRING_LENGTH } from '../contract/trace-limits.ts';
import type { TraceLine } from '../contract/trace-lines.ts';
import { loadTraceModel } from '../model/load-trace-model.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { formatTotals, functionTotals } from '../testing/function-totals.ts';
import { collectLines, fileOf, joinParts } from '../testing/read-bytes.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { formatTrace } from './convert-trace.ts';
import { readTraceFile } from './read-trace-file.ts';

const toBytes = (content: unknown): Uint8Array =>
  new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));

const linesOf = (content: unknown): Promise<TraceLine[]> =>
  collectLines(readTraceFile(fileOf(content instanceof Uint8Array ? content : toBytes(content))));

const load = (content: unknown): Promise<TraceModel> =>
  loadTraceModel(readTraceFile(fileOf(content instanceof Uint8Array ? content : toBytes(content))));

const totals = async (content: unknown): Promise<string[]> =>
  formatTotals(functionTotals(await load(content), { weight: 'wall' }), 0);

/** Code and words of the refusal. */
const refusalOf = async (content: unknown): Promise<string> => {
  try {
    await load(content);
    return 'was read';
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
};

const speedscope = (profile: object, frames: object[] = [{ name: 'f', file: 'a.py', line: 3 }, { name: 'g' }]) => ({
  $schema: 'https://www.speedscope.app/file-format-schema.json',
  shared: { frames },
  profiles: [{ name: 'main', unit: 'milliseconds', startValue: 0, endValue: 9, ...profile }],
});
const sampled = (samples: unknown[], weights: unknown[]) => speedscope({ type: 'sampled', samples, weights });
const evented = (...events: [string, number, number][]) =>
  speedscope({ type: 'evented', events: events.map(([type, frame, at]) => ({ type, frame, at })) });

describe('speedscope files', () => {
  it('are read with their weights in the unit they say, empty samples as time in which nothing was done', async () => {
    const model = await load(sampled([[0], [], [0, 1], [0, 1]], [2, 3, 1.5, 1]));
    expect(formatTotals(functionTotals(model, { weight: 'wall' }), 0)).toEqual([
      'f a.py: 2000 of 4500',
      'g : 2500 of 2500',
    ]);
    expect(model.duration).toBe(7500);
  });

  it('are read where they have events instead of samples', async () => {
    expect(await totals(evented(['O', 0, 1], ['O', 1, 2], ['C', 1, 5], ['C', 0, 6], ['O', 1, 8], ['C', 1, 9]))).toEqual(
      ['f a.py: 2000 of 5000', 'g : 4000 of 4000'],
    );
  });

  it.each([
    ['a frame that is not there', sampled([[2]], [1]), 'profile.profiles[0] names a frame that the file does not have'],
    [
      'a frame that is no number',
      sampled([['x']], [1]),
      'profile.profiles[0] names a frame that the file does not have',
    ],
    ['fewer weights than samples', sampled([[0], [1]], [1]), 'profile.profiles[0] has 2 samples and 1 weights'],
    ['a negative weight', sampled([[0]], [-1]), 'profile.profiles[0].weights[0] is not a number from 0 to'],
    ['a sample that is no array', sampled([7], [1]), 'profile.profiles[0].samples[0] is not an array of at most'],
    ['a stack without end', sampled([new Array(MAX_STACK_DEPTH + 1).fill(0)], [1]), 'is not an array of at most 16384'],
    ['a weight beyond all time', sampled([[0]], [1e13]), 'has a time or a weight that is too large'],
    ['a frame without a name', speedscope({ type: 'sampled' }, [{}]), 'profile.shared.frames[0].name is not a string'],
    ['a name without end', speedscope({}, [{ name: 'x'.repeat(MAX_STRING_LENGTH + 1) }]), 'is not at most 131072'],
    [
      'events that cross',
      evented(['O', 0, 1], ['O', 1, 2], ['C', 0, 3]),
      'closes a frame that is not the innermost one',
    ],
    ['events that run backwards', evented(['O', 0, 2], ['C', 0, 1]), 'events[1].at is not a number from 2'],
    ['no samples', sampled([], []), 'The file has no samples'],
    ['no profiles', { ...speedscope({}), profiles: [] }, 'The file has no samples'],
    ['too many profiles', { ...speedscope({}), profiles: new Array(4097).fill(0) }, 'is not at most 4096 long'],
  ])('are refused with %s', async (_what, file, message) => {
    const refusal = await refusalOf(file);
    expect(refusal).toContain('bad-trace: ');
    expect(refusal).toContain(message);
  });
});

const node = (id: number, functionName: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url: `${functionName}.js`, lineNumber: id, columnNumber: 0 },
  hitCount: 1,
  children,
});
const NODES = [node(1, '(root)', [2, 3, 5]), node(2, 'f', [4]), node(3, '(idle)'), node(4, 'g'), node(5, '')];
const cpuProfile = (samples: number[], timeDeltas: number[], nodes: object[] = NODES) => ({
  nodes,
  startTime: 1000,
  endTime: 1100,
  samples,
  timeDeltas,
});

describe('.cpuprofile files', () => {
  it('are read with each sample lasting until the next, the last one to the end', async () => {
    const model = await load(cpuProfile([2, 4, 3, 5, 2], [10, 20, 20, 15, 5]));
    expect(formatTotals(functionTotals(model, { weight: 'wall' }), 0)).toEqual([
      '(anonymous) .js: 5 of 5',
      'f f.js: 50 of 70',
      'g g.js: 20 of 20',
    ]);
    expect(Array.from(model.functions.firstLines.values.subarray(0, 2))).toEqual([6, 3]);
  });

  it('are read where time runs backwards, which stands still then', async () => {
    expect(await totals(cpuProfile([2, 4, 2], [10, 20, -5]))).toEqual(['f f.js: 90 of 90']);
  });

  it.each([
    ['a node that is not there', cpuProfile([9], [1]), 'names node 9, which the file does not have'],
    ['a child that is not there', cpuProfile([1], [1], [node(1, '(root)', [2])]), 'has a child 2, which the file'],
    ['a cycle', cpuProfile([1], [1], [node(1, 'f', [2]), node(2, 'g', [1])]), 'names node 1, which the file does not'],
    ['a node below itself', cpuProfile([1], [1], [node(1, 'f', [1])]), 'names node 1, which the file does not'],
    [
      'a node below two',
      cpuProfile([1], [1], [node(1, 'f', [3]), node(2, 'g', [3]), node(3, 'h')]),
      'is below two nodes',
    ],
    ['two nodes of one id', cpuProfile([1], [1], [node(1, 'f'), node(1, 'g')]), 'two nodes of the id 1'],
    ['more samples than times', cpuProfile([2, 2], [1]), 'has 2 samples and 1 timeDeltas'],
    ['no samples', cpuProfile([], []), 'The file has no samples'],
    ['hit counts only', { nodes: [], startTime: 0, endTime: 1, timeDeltas: [] }, 'profile.samples is not an array'],
  ])('are refused with %s', async (_what, file, message) => {
    const refusal = await refusalOf(file);
    expect(refusal).toContain('bad-trace: ');
    expect(refusal).toContain(message);
  });

  it('are read at any depth up to the limit, and refused beyond', async () => {
    const chain = (depth: number) =>
      cpuProfile(
        [depth],
        [0],
        Array.from({ length: depth }, (_, index) => node(index + 1, 'f', index + 1 < depth ? [index + 2] : [])),
      );
    expect((await load(chain(MAX_STACK_DEPTH))).stacks.count).toBe(MAX_STACK_DEPTH);
    expect(await refusalOf(chain(MAX_STACK_DEPTH + 1))).toContain('deeper than 16384 frames');
  });
});

const column = <T>(length: number, value: T): T[] => new Array<T>(length).fill(value);
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
    const model = await load(firefox(60));
    expect(formatTotals(functionTotals(model, { weight: 'wall' }), 0)).toEqual(FIREFOX_TOTALS);
    expect(model.threads[0]).toMatchObject({ name: 'GeckoMain', isMain: true, nativeId: 7 });
  });

  it('are read of versions with tables, texts and file names elsewhere', async () => {
    const byDistance = { stackTable: { frame: [0, 1, 2], prefixOffset: [0, 1, 2], length: 3 } };
    expect(await totals(firefox(70, byDistance))).toEqual(FIREFOX_TOTALS);
    const { stringArray, sources } = firefox(60).shared;
    const own = { ...tables, funcTable: { name: [0, 1], fileName: [2, null], lineNumber: [4, null], length: 2 } };
    expect(await totals({ ...firefox(56, {}, [thread(own)]), shared: { stringArray } })).toEqual(FIREFOX_TOTALS);
    expect(await totals({ ...firefox(59, {}, [thread(tables)]), shared: { stringArray, sources } })).toEqual(
      FIREFOX_TOTALS,
    );
    expect(await totals({ ...firefox(47, {}, [thread({ ...own, stringArray })]), shared: undefined })).toEqual(
      FIREFOX_TOTALS,
    );
  });

  it('are read with weights and times as differences, negative weights left out', async () => {
    const changed = { stack: [0, 1, 1], timeDeltas: [5, 1, 1], weight: [0.25, 1.5, -3], weightType: 'tracing-ms' };
    expect(await totals(firefox(60, {}, [thread({ samples: { ...changed, length: 3 } })]))).toEqual([
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
    expect(await totals(goProfile())).toEqual([
      '0xabc : 10000 of 10000',
      'inlined main.go: 0 of 10000',
      'main main.go: 20000 of 30000',
    ]);
  });

  it('are read with the default kind of values where the file names one, counts as so many periods', async () => {
    const counted = goProfile();
    const profile = Profile.decode(counted);
    profile.defaultSampleType = profile.sampleType[0]!.type;
    expect(await totals(profile.encode())).toEqual(await totals(counted));
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

describe('collapsed stacks', () => {
  it('are read of other programs: without places, with counts, with fractions and line ends of Windows', async () => {
    expect(await totals('main;work 3\r\nmain 1\n\nmain;work;deep 1.5\n')).toEqual([
      'deep : 2 of 2',
      'main : 1 of 6',
      'work : 3 of 5',
    ]);
  });

  it('have threads in front only where nothing in front has a place', async () => {
    expect((await load('run (a.py:1);f (a.py:2) 3\n')).threads.map(({ name }) => name)).toEqual(['all threads']);
    expect((await load('T1;f (a.py:2) 3\nT2;g (a.py) 3\n')).threads.map(({ name }) => name)).toEqual(['T1', 'T2']);
  });

  it.each([
    ['a line without a number', 'f 1\nf;g\n', 'Line 2 is not a stack and a number'],
    ['a negative number', 'f 1\nf -3\n', 'Line 2 is not a stack and a number'],
    ['a stack without end', `${'f;'.repeat(MAX_STACK_DEPTH + 2)}f 1\n`, 'Line 1 is deeper than 16384 frames'],
    ['more than there is time', `f 999999999999999\nf 999999999999999\n`, 'too large'],
    ['only weights of nothing', 'f 0\n', 'The file has no samples'],
  ])('are judged with %s', async (_what, text, message) => {
    expect(await refusalOf(text)).toContain(message);
  });

  it('take no more time where a name is made to take it', async () => {
    const name = ' ('.repeat(60_000);
    expect(await refusalOf(`a;${name}) 1\nb;${name}x 1\n`)).toBe('was read');
  });
});

describe('a file of any format', () => {
  it('is read or refused in words, wherever a byte of it is changed or it ends', async () => {
    const model = modelFromText('main cpu=9ms\n  2 running+gil f@a.py:1 > g@b.py:2\n  1 idle poll\nb\n  3 waiting h');
    const files = (['speedscope', 'pprof', 'firefox', 'cpuprofile', 'collapsed'] as const).map((format) =>
      joinParts(formatTrace(model, format, { weight: 'wall' })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.nat(),
        fc.nat(255),
        fc.boolean(),
        async (file, at, byte, isCut) => {
          const position = at % file.length;
          const damaged = isCut ? file.slice(0, position) : file.slice();
          if (!isCut) {
            damaged[position] = byte;
          }
          expect(await refusalOf(damaged)).toMatch(/^(bad-trace: |unsupported-trace: |was read)/);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('makes a trace that our own format holds', async () => {
    for (const file of [
      sampled([[0]], [0.0001]),
      sampled([[0], [1]], [1e11, 3]),
      cpuProfile([2], [0]),
      firefox(60),
      goProfile(),
      'f 7\n',
    ]) {
      const lines = await linesOf(file);
      const text = lines.map((each) => `${encodeLine(each)}\n`).join('');
      expect(await collectLines(readTraceLines(fileOf(toBytes(text))))).toEqual(lines);
    }
  });
});

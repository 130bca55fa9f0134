import fs from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { WEIGHTS, type Selection } from '../analysis/selection.ts';
import { EXPORT_FORMATS } from '../contract/api.ts';
import type { TraceChunk } from '../contract/trace-lines.ts';
import { microseconds, threadIndex } from '../contract/units.ts';
import { loadTraceModel } from '../model/load-trace-model.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { formatTotals, functionTotals } from '../testing/function-totals.ts';
import { fileOf, joinParts } from '../testing/read-bytes.ts';
import { modelFromText, modelOf, traceFromText } from '../testing/trace-from-text.ts';
import { formatTrace, type SelectionFormat } from './convert-trace.ts';
import { chooseOneThread } from './cpuprofile.ts';
import { HELD_PARTS } from './format-facts.ts';
import { readTraceFile } from './read-trace-file.ts';

/** The others hold the trace itself. */
const OTHER_FORMATS = EXPORT_FORMATS.filter(
  (format): format is SelectionFormat => format !== 'bbprof' && format !== 'html',
);
const CASES = OTHER_FORMATS.flatMap((format) => WEIGHTS.map((weight) => [format, weight] as const));

/** Recursion, a function at two lines, two functions of one name, a thread that comes late, ticks without a stack. */
const DRAWING = `
  main cpu=18ms
    2 running+gil  run@main.py:3 > work@main.py:12 > work@main.py:13 > <lambda>@x.py
    1 running      run@main.py:3 > work@main.py:9
    3 idle         run@main.py:3 > poll@select.py
    1 waiting      run@main.py:3 > read@a.py
    1 runnable     run@main.py:4 > read@b.py
  alpha cpu=5ms
    1 waiting+gil  loop@pool.py:1
    1 lostTorn
    2 running
    4 absent
  ---
  main cpu=1ms
    1 running      run@main.py:3 > work@main.py:12
  late cpu=7ms
    1 running+gil  a\\b;c "é" (d)@/srv/a b(c)/d.py:7
`;

const readBack = (bytes: Uint8Array): Promise<TraceModel> => loadTraceModel(readTraceFile(fileOf(bytes)));

/** Formats whose weights are whole numbers: nanoseconds, or microseconds. */
const DECIMALS: Readonly<Record<SelectionFormat, number>> = {
  collapsed: 0,
  speedscope: 6,
  pprof: 3,
  firefox: 6,
  cpuprofile: 0,
};

/** What the format can hold of a selection. */
const within = (format: SelectionFormat, model: TraceModel, selection: Selection): Selection =>
  format === 'cpuprofile' ? { ...selection, threads: [chooseOneThread(model, selection)!.thread] } : selection;

describe('a trace that went through another format', () => {
  const drawn = modelFromText(DRAWING);
  let real: TraceModel;
  beforeAll(async () => {
    const file = fs.readFileSync(new URL('fixtures/original-prof.json.gz', import.meta.url));
    real = await readBack(gunzipSync(file));
  });

  it.each(CASES)('has the same totals per function: %s, %s', async (format, weight) => {
    const selection = within(format, drawn, { weight });
    const back = await readBack(joinParts(formatTrace(drawn, format, selection)));
    const decimals = DECIMALS[format];
    const expected = formatTotals(functionTotals(drawn, selection), decimals);
    expect(expected.length).toBeGreaterThan(1);
    expect(formatTotals(functionTotals(back, { weight: 'wall' }), decimals)).toEqual(
      format === 'collapsed' ? expected.map(withoutSeparators) : expected,
    );
  });

  it.each(OTHER_FORMATS)('has them of a real recording, too: %s', async (format) => {
    const selection = within(format, real, { weight: 'wall' });
    const back = await readBack(joinParts(formatTrace(real, format, selection)));
    const expected = formatTotals(functionTotals(real, selection));
    expect(expected.length).toBeGreaterThan(300);
    expect(formatTotals(functionTotals(back, { weight: 'wall' }))).toEqual(expected);
  });

  it.each(OTHER_FORMATS)('has those of the selected range and threads only: %s', async (format) => {
    const range = { start: microseconds(20_000), end: microseconds(70_000) };
    const selection: Selection = { weight: 'wall', range, threads: [threadIndex(0)] };
    const back = await readBack(joinParts(formatTrace(drawn, format, selection)));
    expect(formatTotals(functionTotals(back, { weight: 'wall' }), 0)).toEqual([
      'read a.py: 10000 of 10000',
      'run main.py: 0 of 20000',
      'work main.py: 10000 of 10000',
    ]);
    expect(back.threads).toHaveLength(1);
  });

  it.each(OTHER_FORMATS)('keeps names of threads, and which is the main one, as far as it can: %s', async (format) => {
    const model = modelFromText('MainThread\n  1 running f@a.py\nworker\n  1 running g@a.py:3');
    const back = await readBack(joinParts(formatTrace(model, format, { weight: 'wall' })));
    expect(back.threads.map(({ name, isMain }) => `${name} ${isMain}`)).toEqual(
      format === 'cpuprofile' ? ['MainThread true'] : ['MainThread true', 'worker false'],
    );
  });

  it.each(OTHER_FORMATS)('is refused where nothing was weighed: %s', async (format) => {
    const idle = modelFromText('main\n  3 idle poll');
    await expect(readBack(joinParts(formatTrace(idle, format, { weight: 'wall' })))).rejects.toMatchObject({
      code: 'bad-trace',
    });
  });

  it.each(OTHER_FORMATS)('keeps the lines within a function where it says so: %s', async (format) => {
    const back = await readBack(joinParts(formatTrace(drawn, format, { weight: 'wall' })));
    const lines = Array.from(back.functions.frameLines.values.subarray(0, back.functions.frameCount));
    const known = [3, 9, 12, 13].filter((line) => lines.includes(line));
    expect(known).toEqual(HELD_PARTS[format].includes('lines') ? [3, 9, 12, 13] : []);
  });

  it.each(OTHER_FORMATS)('keeps moments and threads where it says so: %s', async (format) => {
    const gap = modelFromText(`
      main
        1 running f
        3 idle    poll
        1 running g
      other
        4 idle    poll
        1 running h`);
    const back = await readBack(joinParts(formatTrace(gap, format, { weight: 'wall' })));
    const range = { start: microseconds(35_000), end: microseconds(60_000) };
    const functions = Array.from(functionTotals(back, { weight: 'wall', range }).keys()).sort();
    const holds = HELD_PARTS[format];
    const threadFunctions = holds.includes('threads') ? ['g app.py', 'h app.py'] : ['g app.py'];
    expect(functions).toEqual(holds.includes('moments') ? threadFunctions : []);
    expect(back.threadCount).toBe(holds.includes('threads') ? 2 : 1);
  });

  it.each(OTHER_FORMATS)('keeps first lines where it says so: %s', async (format) => {
    const lines = traceFromText('main\n  1 running f@a.py');
    const chunk = lines[1] as TraceChunk;
    const functions = { ...chunk.functions, firstLines: [42] };
    const back = await readBack(
      joinParts(formatTrace(modelOf([lines[0]!, { ...chunk, functions }]), format, { weight: 'wall' })),
    );
    expect(back.functions.firstLines.values[0]).toBe(HELD_PARTS[format].includes('first lines') ? 42 : 0);
  });
});

/** Collapsed stacks know no escapes. */
const withoutSeparators = (line: string): string => line.replace('a\\b;c', 'a\\b:c');

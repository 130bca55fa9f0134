import { expect, it } from 'vitest';
import type { TraceEvent } from '../contract/trace-lines.ts';
import { microseconds } from '../contract/units.ts';
import { emptyChunk, modelOf, traceFromText } from '../testing/trace-from-text.ts';
import { computeBuildSpans, MAX_BUILD_SPANS, MAX_STEP_SPANS } from './build-spans.ts';
import { findStalls } from './stalls.ts';

const DRAWING = `
  main cpu=200ms
    10 idle    . run > poll
    20 running * run > parse
    10 waiting * run > wait
    10 idle    . run > poll
`;
const ms = (value: number) => microseconds(value * 1000);
const build = (id: number, start: number, end?: number): TraceEvent => ({
  kind: 'build',
  id,
  number: id,
  builder: 'linux',
  worker: 'w1',
  start: ms(start),
  ...(end === undefined ? {} : { end: ms(end), result: 'failure' }),
});
const step = (id: number, start: number): TraceEvent => ({
  kind: 'step',
  id,
  buildId: 1,
  name: `step ${id}`,
  start: ms(start),
  end: ms(start + 100),
  result: 'success',
});
const spansOf = (events: readonly TraceEvent[]) => {
  const model = modelOf([...traceFromText(DRAWING), { ...emptyChunk(1), events }]);
  return computeBuildSpans(model, findStalls(model, ms(50)).stalls);
};

it('tells of each build and step how long the main thread worked meanwhile, and the longest stall', () => {
  const [first, second] = spansOf([build(2, 400), build(1, 0, 300), step(2, 100), step(1, 0)]);
  expect(first).toMatchObject({
    id: 1,
    end: 300_000,
    result: 'failure',
    isRunning: false,
    mainBusy: 200_000,
    mainCpu: 200_000,
  });
  expect(first!.longestStall).toBeGreaterThanOrEqual(190_000);
  expect(first!.steps.map(({ name, mainBusy, longestStall }) => [name, mainBusy, longestStall > 0])).toEqual([
    ['step 1', 0, false],
    ['step 2', 100_000, true],
  ]);
  expect(second).toMatchObject({ id: 2, end: 500_000, isRunning: true, mainBusy: 0, longestStall: 0, steps: [] });
});

it('leaves out builds that were over before the recording', () => {
  expect(spansOf([{ ...build(1, 0), start: ms(-500), end: ms(-100) } as TraceEvent])).toEqual([]);
});

it('keeps the latest builds and the first steps where there are very many', () => {
  const builds = Array.from({ length: MAX_BUILD_SPANS + 1 }, (_, nth) => build(nth + 1, nth / 10, 300));
  const steps = Array.from({ length: MAX_STEP_SPANS + 1 }, (_, nth) => step(nth + 1, nth));
  const latest = spansOf([...builds, ...steps]);
  expect([latest.length, latest[0]!.id]).toEqual([MAX_BUILD_SPANS, 2]);
  expect(spansOf([build(1, 0, 300), ...steps])[0]!.steps).toHaveLength(MAX_STEP_SPANS);
});

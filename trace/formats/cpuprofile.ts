/**
 * Chrome's `.cpuprofile` (`Profiler.Profile` of the DevTools protocol), of one thread: the format has no others. It is the first of the selected
 * threads in this order: the main thread, then by name.
 *
 * - A node is a call path. Its line is the function's first one, counted from 0; -1 where unknown. The lines within are lost.
 * - A sample lasts until the next one. Times are whole microseconds: ends are rounded, not lengths, so that errors do not add up.
 * - Where the weight is wall time, ticks without a share are samples of `(idle)`. A last sample of it ends the one before.
 */
import type { Selection } from '../analysis/selection.ts';
import { functionIndex, MICROSECONDS_PER_SECOND } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { collectPathSamples, SampledPath, type PathSamples } from './path-samples.ts';
import { listWeighedThreads, NO_STACK_LABEL, type WeighedThread } from './weighed-runs.ts';

export const ROOT_NAME = '(root)';
export const IDLE_NAME = '(idle)';
const ROOT_ID = 1;
const IDLE_ID = 2;
const NO_STACK_ID = 3;
/** Node of path 0. */
const FIRST_PATH_ID = 4;
const NUMBERS_PER_PART = 16_384;
const MICROSECONDS_PER_MILLISECOND = MICROSECONDS_PER_SECOND / 1000;

/** The thread that {@link formatCpuProfile} writes. */
export const chooseOneThread = (model: TraceModel, selection: Selection): WeighedThread | undefined => {
  const threads = listWeighedThreads(model, selection);
  return threads.find(({ thread }) => model.threads[thread]!.isMain) ?? threads[0];
};

/** The text in parts: it may be too long for one string. */
export function* formatCpuProfile(model: TraceModel, selection: Selection): Generator<string, void> {
  const group = chooseOneThread(model, selection);
  const samples = group === undefined ? { paths: [], weights: [] } : collectPathSamples(model, selection, group);
  yield '{"nodes":[\n';
  yield* formatNodes(model, samples);
  const startTime = Math.round((model.header?.clock.startedAt ?? 0) * MICROSECONDS_PER_MILLISECOND);
  const ends = roundedEnds(samples.weights);
  yield `],"startTime":${startTime},"endTime":${startTime + (ends.at(-1) ?? 0)},"samples":[`;
  yield* formatNumbers([...samples.paths.map(nodeOf), IDLE_ID]);
  yield '],"timeDeltas":[';
  yield* formatNumbers([0, ...ends.map((end, index) => end - (ends[index - 1] ?? 0))]);
  yield ']}\n';
}

const nodeOf = (path: number): number =>
  path === SampledPath.nothing ? IDLE_ID : path === SampledPath.unknown ? NO_STACK_ID : FIRST_PATH_ID + path;

const roundedEnds = (weights: readonly number[]): number[] => {
  let end = 0;
  return weights.map((weight) => Math.round((end += weight)));
};

function* formatNumbers(numbers: readonly number[]): Generator<string, void> {
  for (let start = 0; start < numbers.length; start += NUMBERS_PER_PART) {
    yield `${start === 0 ? '' : ','}${numbers.slice(start, start + NUMBERS_PER_PART).join(',')}`;
  }
}

/** The nodes that samples name, and those above them. */
function* formatNodes(model: TraceModel, { paths }: PathSamples): Generator<string, void> {
  const { pathParents, pathFunctions } = model.stacks;
  const hits = new Map<number, number>();
  for (const path of paths) {
    hits.set(path, (hits.get(path) ?? 0) + 1);
  }
  const children = new Map<number, number[]>();
  for (let path = model.stacks.pathCount - 1; path >= 0; path--) {
    if (hits.has(path) || children.has(path)) {
      const parent = pathParents.values[path]!;
      const siblings = children.get(parent);
      if (siblings === undefined) {
        children.set(parent, [path]);
      } else {
        siblings.push(path);
      }
    }
  }
  const node = (id: number, callFrame: object, path: number, below: readonly number[] = []): string =>
    JSON.stringify({
      id,
      callFrame,
      hitCount: hits.get(path) ?? 0,
      ...(below.length === 0 ? {} : { children: below }),
    });
  const top = children.get(-1) ?? [];
  yield `${node(ROOT_ID, plainFrame(ROOT_NAME), Number.NaN, [IDLE_ID, NO_STACK_ID, ...top.map(nodeOf)])},\n`;
  yield `${node(IDLE_ID, plainFrame(IDLE_NAME), SampledPath.nothing)},\n`;
  yield node(NO_STACK_ID, plainFrame(NO_STACK_LABEL), SampledPath.unknown);
  for (const path of Array.from(children.values()).flat()) {
    const callFrame = describeFunction(model, pathFunctions.values[path]!);
    yield `,\n${node(nodeOf(path), callFrame, path, children.get(path)?.map(nodeOf))}`;
  }
}

const plainFrame = (functionName: string): object => ({
  functionName,
  scriptId: '0',
  url: '',
  lineNumber: -1,
  columnNumber: -1,
});

const describeFunction = (model: TraceModel, index: number): object => {
  const called = functionIndex(index);
  return {
    functionName: model.functionName(called),
    scriptId: '0',
    url: model.functionFile(called),
    lineNumber: model.functionFirstLine(called) - 1,
    columnNumber: -1,
  };
};

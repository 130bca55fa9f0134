/**
 * speedscope's own JSON (its `file-format-spec.ts`): one sampled profile per thread, in the order of time.
 *
 * - A frame is a function, with its file and first line: speedscope adds up by frame, and we by function. The lines within it are lost.
 * - The weight is the selection's, in microseconds and not rounded. Where it is wall time, the ticks without a share (idle, lost, absent)
 *   become samples without frames, so that equal places on the axes of two threads are equal times; speedscope leaves them out of its
 *   totals. Where it is CPU time or time with the GIL, the axis has that time alone.
 * - The profile that is shown first is the main thread's.
 */
import type { Selection } from '../analysis/selection.ts';
import { functionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { collectPathSamples, SampledPath } from './path-samples.ts';
import { listWeighedThreads, NO_STACK_LABEL, type WeighedThread } from './weighed-runs.ts';

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json';
/** Samples of one part of the text: parts of some hundred kilobytes. */
const SAMPLES_PER_PART = 4096;

/** The text in parts: it may be too long for one string. */
export function* formatSpeedscope(model: TraceModel, selection: Selection, name = ''): Generator<string, void> {
  const threads = listWeighedThreads(model, selection);
  const main = threads.findIndex(({ thread }) => model.threads[thread]!.isMain);
  const head = { $schema: SCHEMA, exporter: 'buildbot-profiler', name, activeProfileIndex: Math.max(0, main) };
  yield `${JSON.stringify(head).slice(0, -1)},"shared":{"frames":[\n`;
  for (let index = 0; index < model.functions.count; index++) {
    yield `${JSON.stringify(describeFunction(model, index))},\n`;
  }
  yield `${JSON.stringify({ name: NO_STACK_LABEL })}]},"profiles":[`;
  for (const [position, group] of threads.entries()) {
    yield position === 0 ? '\n' : ',\n';
    yield* formatThread(model, selection, group);
  }
  yield ']}\n';
}

const describeFunction = (model: TraceModel, index: number): object => {
  const called = functionIndex(index);
  const line = model.functionFirstLine(called);
  return { name: model.functionName(called), file: model.functionFile(called), ...(line === 0 ? {} : { line }) };
};

function* formatThread(model: TraceModel, selection: Selection, group: WeighedThread): Generator<string, void> {
  const { paths, weights } = collectPathSamples(model, selection, group);
  const head = {
    type: 'sampled',
    name: group.label,
    unit: 'microseconds',
    startValue: 0,
    endValue: weights.reduce((sum, weight) => sum + weight, 0),
  };
  yield `${JSON.stringify(head).slice(0, -1)},"samples":[`;
  for (let start = 0; start < paths.length; start += SAMPLES_PER_PART) {
    const part = paths.slice(start, start + SAMPLES_PER_PART);
    yield `${start === 0 ? '' : ','}${part.map((path) => JSON.stringify(listFrames(model, path))).join(',')}`;
  }
  yield '],"weights":[';
  for (let start = 0; start < weights.length; start += SAMPLES_PER_PART) {
    yield `${start === 0 ? '' : ','}${weights.slice(start, start + SAMPLES_PER_PART).join(',')}`;
  }
  yield ']}';
}

const listFrames = ({ functions, stacks }: TraceModel, path: number): number[] => {
  if (path === SampledPath.nothing) {
    return [];
  }
  if (path === SampledPath.unknown) {
    return [functions.count];
  }
  const frames: number[] = [];
  for (let node = path; node !== -1; node = stacks.pathParents.values[node]!) {
    frames.push(stacks.pathFunctions.values[node]!);
  }
  return frames.reverse();
};

import { Command } from 'commander';
import {
  computeStalls,
  DEFAULT_STALL_THRESHOLD,
  innermostFunctions,
  type HeldLoop,
  type StallReport,
} from '#trace/analysis/stalls.ts';
import { threadLabel } from '#trace/analysis/thread-label.ts';
import { microseconds, MICROSECONDS_PER_SECOND, type FunctionIndex } from '#trace/contract/units.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import { loadTraceModel } from '#trace/model/load-trace-model.ts';
import { CompletenessWatch, loadWithProgress } from './load-recording.ts';
import { stallThresholdOption } from './options.ts';
import { say, writeResult } from './terminal.ts';

interface StallsOptions {
  /** Milliseconds. */
  readonly threshold: number;
  readonly json?: true;
}

const MICROSECONDS_PER_MILLISECOND = 1000;
const FACTOR_OF_PERCENT = 100;

const EXAMPLES = `
Examples:
  $ bbprofiler stalls slow.bbprof.gz
  $ bbprofiler stalls slow.bbprof.gz --threshold 500 --json

A stall is one callback of the event loop that took as long as the threshold or longer, the longest first; times are since the recording's start. Callbacks that
follow each other for a second or more without the loop coming to wait are listed apart, as saturation.`;

export const stallsCommand = (): Command =>
  new Command('stalls')
    .description('List what held the reactor, and when.')
    .argument('<file>', 'the recording')
    .addOption(stallThresholdOption(DEFAULT_STALL_THRESHOLD / MICROSECONDS_PER_MILLISECOND))
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action(listStalls);

const listStalls = async (file: string, { threshold, json }: StallsOptions): Promise<void> => {
  const lines = new CompletenessWatch(loadWithProgress(file));
  const model = await loadTraceModel(lines);
  const report = computeStalls(model, microseconds(threshold * MICROSECONDS_PER_MILLISECOND));
  await writeResult(json === true ? formatJson(model, report) : formatText(model, report, threshold));
  if (lines.isCut) say(`${file} ends unexpectedly; what came before is listed`);
};

const formatJson = (model: TraceModel, { stalls, spells, hasDispatches }: StallReport): string => {
  const named = <Held extends HeldLoop>(held: Held) => ({
    ...held,
    thread: threadLabel(model, held.thread),
    functions: held.functions.map((called) => ({
      name: model.functionName(called),
      file: model.functionFile(called),
      line: model.functionFirstLine(called),
    })),
  });
  return `${JSON.stringify({ hasDispatches, stalls: stalls.map(named), spells: spells.map(named) }, undefined, 2)}\n`;
};

const formatText = (model: TraceModel, { stalls, spells, hasDispatches }: StallReport, threshold: number): string => {
  if (!hasDispatches)
    return 'The recording shows no event loop that is known (Twisted, asyncio), so there are no stalls to tell.\n';
  const parts = [
    stalls.length === 0
      ? `No callback took ${String(threshold)} ms or longer.\n`
      : `${count(stalls.length, 'stall')} of ${String(threshold)} ms or longer:\n\n`,
    ...stalls.map((stall) => formatHeld(model, stall)),
    ...(spells.length === 0
      ? []
      : [`\n${count(spells.length, 'spell')} of saturation, without the loop coming to wait:\n\n`]),
    ...spells.map((spell) => formatHeld(model, spell, `, at least ${count(spell.dispatchCount, 'callback')}`)),
  ];
  return parts.join('');
};

const count = (number: number, what: string): string => `${String(number)} ${what}${number === 1 ? '' : 's'}`;

const formatHeld = (model: TraceModel, held: HeldLoop, more = ''): string => {
  const { start, duration, shortest, longest, ticks, builds, functions, functionTicks } = held;
  const share = (part: number): string => `${((FACTOR_OF_PERCENT * part) / ticks.all).toFixed(0)} %`;
  const doing = [
    `${share(ticks.running)} on a CPU`,
    ...(ticks.wantsGil === 0 ? [] : [`${share(ticks.wantsGil)} waiting for the GIL`]),
    ...(ticks.runnable === 0 ? [] : [`${share(ticks.runnable)} waiting for a CPU`]),
    ...(ticks.waiting === ticks.wantsGil ? [] : [`${share(ticks.waiting - ticks.wantsGil)} asleep`]),
  ];
  return [
    `${inSeconds(start)}  ${inSeconds(duration)} (${inSeconds(shortest)} to ${inSeconds(longest)})${more}: ${doing.join(', ')}`,
    ...innermostFunctions({ functions })
      .map((called, nth) => `    ${nth === 0 ? '' : 'from '}${placeOf(model, called)}`)
      .map((line, nth) => (nth === 0 ? `${line}  ${share(functionTicks)}` : line)),
    ...builds.map(({ builder, number }) => `    during build ${String(number)} of ${builder}`),
    '',
  ].join('\n');
};

const placeOf = (model: TraceModel, called: FunctionIndex): string =>
  `${model.functionName(called)} (${model.functionFile(called)}:${String(model.functionFirstLine(called))})`;

const inSeconds = (time: number): string => `${(time / MICROSECONDS_PER_SECOND).toFixed(3)} s`;

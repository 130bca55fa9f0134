import { Command, Option } from 'commander';
import { explainIncomparable } from '#trace/analysis/comparable.ts';
import { computeComparedSide, weightOfSide, type ComparedSide } from '#trace/analysis/compared-side.ts';
import {
  computeComparison,
  differenceOf,
  kindOfChange,
  type Change,
  type ComparedFunction,
} from '#trace/analysis/comparison.ts';
import { firstWeight } from '#trace/analysis/first-weight.ts';
import { WEIGHTS, type Weight } from '#trace/analysis/selection.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { MICROSECONDS_PER_SECOND } from '#trace/contract/units.ts';
import { loadTraceModel } from '#trace/model/load-trace-model.ts';
import { CompletenessWatch, loadWithProgress } from './load-recording.ts';
import { say, writeResult } from './terminal.ts';

interface CompareOptions {
  readonly weight?: Weight;
  readonly json?: true;
}

/** Rows of each table: what follows is a fraction of what leads. */
const SHOWN_ROWS = 20;
/** Smaller changes are written as none with one decimal of a percent. */
const SMALLEST_SHOWN_CHANGE = 0.0005;
const FACTOR_OF_PERCENT = 100;
const COLUMN_WIDTH = 9;

const EXAMPLES = `
Examples:
  $ bbprofiler compare yesterday.bbprof.gz today.bbprof.gz
  $ bbprofiler compare before.bbprof after.bbprof --weight wall --json

Each side counts as 100 %, so that recordings of different lengths compare; functions are matched by module and name, so that it does not
matter where they are installed. Changes are in percentage points of the time in the function itself. By default the weight is wall time for
recordings of the mode real and CPU time for the others; recordings of different modes are not compared.`;

export const compareCommand = (): Command =>
  new Command('compare')
    .description('List what grew and what shrank between two recordings.')
    .argument('<before>', 'the recording to compare with')
    .argument('<after>', 'the recording that is looked at')
    .addOption(new Option('--weight <weight>', 'what is compared').choices(WEIGHTS))
    .option('--json', 'as JSON, with all functions')
    .addHelpText('after', EXAMPLES)
    .action(compare);

const compare = async (fileBefore: string, fileAfter: string, { weight, json }: CompareOptions): Promise<void> => {
  const before = await loadSide(fileBefore, weight);
  const after = await loadSide(fileAfter, weight);
  const reason = explainIncomparable(before, after);
  if (reason !== undefined) throw new ProfilerError('not-comparable', reason);
  const functions = computeComparison(before, after).functions.toSorted(byDifference);
  await writeResult(json === true ? formatJson(before, after, functions) : formatText(before, after, functions));
};

const loadSide = async (file: string, weight: Weight | undefined): Promise<ComparedSide> => {
  const lines = new CompletenessWatch(loadWithProgress(file));
  const model = await loadTraceModel(lines);
  if (lines.isCut) say(`${file} ends unexpectedly; what came before is compared`);
  return computeComparedSide(model, { weight: weight ?? firstWeight(model.header?.mode) });
};

/** What grew most first, what shrank most last. */
const byDifference = (a: ComparedFunction, b: ComparedFunction): number =>
  differenceOf(b.self) - differenceOf(a.self) || differenceOf(b.total) - differenceOf(a.total);

const formatJson = (before: ComparedSide, after: ComparedSide, functions: readonly ComparedFunction[]): string => {
  const result = {
    weight: after.weight,
    microsecondsBefore: weightOfSide(before),
    microsecondsAfter: weightOfSide(after),
    functions: functions.map(({ name, module, identity, self, total }) => ({
      change: kindOfChange(total),
      name,
      module,
      file: identity.file,
      self,
      total,
    })),
  };
  return `${JSON.stringify(result, undefined, 2)}\n`;
};

const formatText = (before: ComparedSide, after: ComparedSide, functions: readonly ComparedFunction[]): string => {
  const grown = functions.filter(({ self }) => differenceOf(self) >= SMALLEST_SHOWN_CHANGE);
  const shrunk = functions.filter(({ self }) => differenceOf(self) <= -SMALLEST_SHOWN_CHANGE).reverse();
  return [
    `Shares of the ${after.weight} weight: ${inSeconds(before)} before, ${inSeconds(after)} after.\n`,
    formatTable('What grew', grown),
    formatTable('What shrank', shrunk),
  ].join('\n');
};

const formatTable = (title: string, rows: readonly ComparedFunction[]): string => {
  if (rows.length === 0) return `${title}: nothing.\n`;
  const left = rows.length - SHOWN_ROWS;
  return [
    `${title}:`,
    ['change', 'before', 'after', 'with callees'].map((head) => head.padStart(COLUMN_WIDTH)).join('  '),
    ...rows.slice(0, SHOWN_ROWS).map(formatRow),
    ...(left > 0 ? [`${String(left)} smaller changes are not shown`] : []),
    '',
  ].join('\n');
};

const formatRow = ({ name, module, self, total }: ComparedFunction): string => {
  const kind = kindOfChange(total);
  const mark = kind === 'added' || kind === 'removed' ? `  [${kind}]` : '';
  const cells = [
    signed(self),
    percent(self.before),
    percent(self.after),
    signed(total).padStart('with callees'.length),
  ];
  return `${cells.map((cell) => cell.padStart(COLUMN_WIDTH)).join('  ')}  ${name} (${module})${mark}`;
};

const signed = (change: Change): string => {
  const points = differenceOf(change) * FACTOR_OF_PERCENT;
  return `${points > 0 ? '+' : ''}${points.toFixed(1)}`;
};

const percent = (share: number): string => `${(share * FACTOR_OF_PERCENT).toFixed(1)} %`;

const inSeconds = (side: ComparedSide): string => `${(weightOfSide(side) / MICROSECONDS_PER_SECOND).toFixed(3)} s`;

/**
 * Choices as query parameters and back. Whatever a hand-written or old address says that makes no sense counts as not said.
 */
import { FOLD_RULE_IDS, type FoldRuleId } from '#trace/analysis/fold-rules.ts';
import { microseconds, type Microseconds } from '#trace/contract/units.ts';
import { type TimeRange, WEIGHTS } from '#trace/analysis/selection.ts';
import { TREE_DIRECTIONS } from '#trace/analysis/view-paths.ts';
import type { ComparedWith } from '../shared/comparison-messages.ts';
import type { FunctionIdentity } from '../shared/function-identity.ts';
import { PACKAGE_GROUPS } from '../shared/package-group.ts';
import type { TraceSource } from '../shared/trace-state.ts';
import { type Choices, DETAIL_VIEWS, DIFFERENCE_SHAPES, NO_CHOICES } from './choices.ts';

export type ChoiceParams = Readonly<Record<string, string>>;
export interface ParamReader {
  get(name: string): string | null;
}

/** Longest parameter taken from an address: names of functions and files, which the trace's own limits keep shorter. */
const MAX_PARAM_LENGTH = 4096;
const MAX_THREADS = 1024;

/** Between the parts of a function; file names hold no line break. */
const PART_SEPARATOR = '\n';
/** In the place of a range: all that is not selected. */
const REST = 'rest';

/** Written instead of all rules, so that a link made before a rule was added hides what that is about too. */
const ALL_FOLDS = 'all';

export const formatChoices = (choices: Choices): ChoiceParams => {
  const params: Record<string, string> = {};
  if (choices.source?.kind === 'recording') params['recording'] = choices.source.id;
  if (choices.source?.kind === 'file') params['file'] = choices.source.name;
  if (choices.range !== undefined) params['range'] = formatRange(choices.range);
  if (choices.threads !== undefined) params['threads'] = choices.threads.join('.');
  if (choices.weight !== undefined) params['weight'] = choices.weight;
  if (choices.selected !== undefined) params['function'] = formatFunction(choices.selected);
  if (choices.focus !== undefined) params['focus'] = formatFunction(choices.focus);
  if (choices.direction !== NO_CHOICES.direction) params['tree'] = choices.direction;
  if (choices.mergeThreads) params['merge'] = 'threads';
  if (choices.foldChains) params['chains'] = 'folded';
  if (choices.folds.length > 0) params['fold'] = formatFolds(choices.folds);
  if (choices.search !== '') params['search'] = choices.search;
  if (choices.packageGroup !== undefined) params['package'] = choices.packageGroup;
  if (choices.view !== NO_CHOICES.view) params['view'] = choices.view;
  if (choices.stallThreshold !== NO_CHOICES.stallThreshold) params['stall'] = String(choices.stallThreshold);
  if (choices.differencesAs !== NO_CHOICES.differencesAs) params['differences'] = choices.differencesAs;
  return { ...params, ...formatComparedWith(choices.comparedWith) };
};

export const parseChoices = (params: ParamReader): Choices => {
  const read = (name: string): string | undefined => {
    const text = params.get(name);
    return text === null || text.length > MAX_PARAM_LENGTH ? undefined : text;
  };
  return {
    source: parseSource(read('recording'), read('file')),
    range: parseRange(read('range')),
    threads: parseThreads(read('threads')),
    weight: WEIGHTS.find((weight) => weight === read('weight')),
    selected: parseFunction(read('function')),
    focus: parseFunction(read('focus')),
    direction: TREE_DIRECTIONS.find((direction) => direction === read('tree')) ?? NO_CHOICES.direction,
    mergeThreads: read('merge') === 'threads',
    foldChains: read('chains') === 'folded',
    folds: parseFolds(read('fold')),
    search: read('search') ?? '',
    packageGroup: PACKAGE_GROUPS.find((group) => group === read('package')),
    view: DETAIL_VIEWS.find((view) => view === read('view')) ?? NO_CHOICES.view,
    stallThreshold: parseThreshold(read('stall')),
    differencesAs: DIFFERENCE_SHAPES.find((shape) => shape === read('differences')) ?? NO_CHOICES.differencesAs,
    comparedWith: parseComparedWith(parseSource(read('before'), read('before-file')), read('before-range')),
  };
};

export const isSameParams = (a: ChoiceParams, b: ChoiceParams): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
};

const formatFunction = ({ name, file, firstLine }: FunctionIdentity): string =>
  [name, file, firstLine.toString()].join(PART_SEPARATOR);

const parseFunction = (text: string | undefined): FunctionIdentity | undefined => {
  const [name, file, line] = text?.split(PART_SEPARATOR) ?? [];
  if (name === undefined || file === undefined) return undefined;
  const firstLine = Number(line);
  return { name, file, firstLine: Number.isSafeInteger(firstLine) && firstLine > 0 ? firstLine : 0 };
};

const formatFolds = (folds: readonly FoldRuleId[]): string =>
  folds.length === FOLD_RULE_IDS.length ? ALL_FOLDS : folds.join('.');

/** Names of rules that there are no more hide nothing. */
const parseFolds = (text: string | undefined): readonly FoldRuleId[] => {
  const named = text?.split('.') ?? [];
  return text === ALL_FOLDS ? FOLD_RULE_IDS : FOLD_RULE_IDS.filter((rule) => named.includes(rule));
};

const parseSource = (id: string | undefined, name: string | undefined): TraceSource | undefined => {
  if (id !== undefined && id !== '') return { kind: 'recording', id };
  if (name !== undefined && name !== '') return { kind: 'file', name };
  return undefined;
};

/** Of the trace that is open itself, there is a range or the rest, and no source. */
const formatComparedWith = (comparedWith: ComparedWith | undefined): ChoiceParams => {
  switch (comparedWith?.kind) {
    case undefined:
      return {};
    case 'rest':
      return { 'before-range': REST };
    case 'range':
      return { 'before-range': formatRange(comparedWith.range) };
    case 'trace': {
      const { source, range } = comparedWith;
      const params: Record<string, string> =
        source.kind === 'recording' ? { before: source.id } : { 'before-file': source.name };
      if (range !== undefined) params['before-range'] = formatRange(range);
      return params;
    }
  }
};

const parseComparedWith = (source: TraceSource | undefined, text: string | undefined): ComparedWith | undefined => {
  const range = parseRange(text);
  if (source !== undefined) return { kind: 'trace', source, range };
  if (text === REST) return { kind: 'rest' };
  return range && { kind: 'range', range };
};

const formatRange = ({ start, end }: TimeRange): string => `${Math.round(start)}-${Math.round(end)}`;

const parseRange = (text: string | undefined): TimeRange | undefined => {
  const [start, end] =
    /^(\d{1,15})-(\d{1,15})$/
      .exec(text ?? '')
      ?.slice(1)
      .map(Number) ?? [];
  if (start === undefined || end === undefined || end <= start) return undefined;
  return { start: microseconds(start), end: microseconds(end) };
};

const parseThreshold = (text: string | undefined): Microseconds =>
  /^[1-9]\d{3,9}$/.test(text ?? '') ? microseconds(Number(text)) : NO_CHOICES.stallThreshold;

const parseThreads = (text: string | undefined): readonly number[] | undefined => {
  if (text === undefined || !/^\d{1,9}(\.\d{1,9})*$/.test(text)) return undefined;
  const threads = text.split('.').map(Number);
  return threads.length > MAX_THREADS ? undefined : threads;
};

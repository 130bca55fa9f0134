/**
 * Import of collapsed stacks, of any program.
 *
 * - A frame `function (file:line)` is taken apart, as py-spy and our own export write it; any other text is a function without a file.
 * - The first text of a line is the thread where no line has a place in it and some line has one behind it; else the file has one thread.
 * - A weight is a number of microseconds. Most programs write counts of samples: shares are right then, and the times are not.
 * - There are no times: stacks follow each other in the order of the file.
 */
import { badTrace } from '../contract/field-decoder.ts';
import { MAX_STACK_DEPTH } from '../contract/trace-limits.ts';
import type { TraceLine } from '../contract/trace-lines.ts';
import { NO_STACK } from '../contract/units.ts';
import { ImportedTables } from './imported-tables.ts';
import { ImportedThread, MAX_IMPORTED_SPANS, MAX_IMPORTED_THREADS } from './imported-thread.ts';
import { buildImportedTrace } from './imported-trace.ts';
import { NO_STACK_LABEL } from './weighed-runs.ts';

const LINE = /^(.*\S)\s+(\d{1,15}(?:\.\d{1,9})?)\s*$/;
const PLACE = /^(.*?)(?::(\d{1,10}))?$/;
const WITHOUT_THREAD = 'all threads';

interface CollapsedLine {
  readonly parts: readonly string[];
  readonly weight: number;
}

/** @throws ProfilerError 'bad-trace' */
export const parseCollapsed = (text: string): Generator<TraceLine, void> => {
  const lines = parseLines(text);
  const hasThreads =
    !lines.some(({ parts }) => hasPlace(parts[0]!)) && lines.some(({ parts }) => parts.slice(1).some(hasPlace));
  const tables = new ImportedTables();
  const frames = new Map<string, number>();
  const internFrame = (part: string): number => {
    const known = frames.get(part) ?? parseFrame(part, tables);
    frames.set(part, known);
    return known;
  };
  const threads = new Map<string, ImportedThread>();
  for (const { parts, weight } of lines) {
    const thread = threadOf(threads, hasThreads ? parts[0]! : WITHOUT_THREAD);
    const stack = hasThreads ? parts.slice(1) : parts;
    const isUnknown = stack.length === 1 && stack[0] === NO_STACK_LABEL;
    thread.appendSpan(
      weight,
      isUnknown
        ? NO_STACK
        : stack.reduce<number>((parent, part) => tables.internStack(parent, internFrame(part)), NO_STACK),
    );
  }
  return buildImportedTrace({
    origin: 'collapsed stacks',
    startedAt: 0,
    tables,
    threads: Array.from(threads.values()),
  });
};

const hasPlace = (part: string): boolean => splitPlace(part) !== undefined;

/** By hand: a pattern for it takes quadratic time with a name that is made for that. */
const splitPlace = (part: string): { name: string; place: string } | undefined => {
  const opening = part.endsWith(')') ? part.lastIndexOf(' (') : -1;
  return opening === -1 ? undefined : { name: part.slice(0, opening), place: part.slice(opening + 2, -1) };
};

const parseLines = (text: string): CollapsedLine[] => {
  const lines: CollapsedLine[] = [];
  let lineNumber = 0;
  for (const line of text.split('\n')) {
    lineNumber++;
    if (line.trim() === '') {
      continue;
    }
    const [, stack, weight] = LINE.exec(line) ?? [];
    if (stack === undefined) {
      throw badTrace(`Line ${lineNumber} is not a stack and a number`, { line: lineNumber });
    }
    const parts = stack.split(';', MAX_STACK_DEPTH + 2);
    if (parts.length > MAX_STACK_DEPTH + 1) {
      throw badTrace(`Line ${lineNumber} is deeper than ${MAX_STACK_DEPTH} frames`, { line: lineNumber });
    }
    lines.push({ parts, weight: Number(weight) });
    if (lines.length > MAX_IMPORTED_SPANS) {
      throw badTrace(`The file has more than ${MAX_IMPORTED_SPANS} lines`, { cap: MAX_IMPORTED_SPANS });
    }
  }
  return lines;
};

const threadOf = (threads: Map<string, ImportedThread>, name: string): ImportedThread => {
  const known = threads.get(name);
  if (known !== undefined) {
    return known;
  }
  if (threads.size === MAX_IMPORTED_THREADS) {
    throw badTrace(`The file has more than ${MAX_IMPORTED_THREADS} threads`, { cap: MAX_IMPORTED_THREADS });
  }
  const isMain = name === WITHOUT_THREAD || name.startsWith('MainThread');
  const thread = new ImportedThread({ name, isMain, nativeId: 0 });
  threads.set(name, thread);
  return thread;
};

const parseFrame = (part: string, tables: ImportedTables): number => {
  const { name, place } = splitPlace(part) ?? { name: part, place: '' };
  const [, file = '', line = '0'] = PLACE.exec(place) ?? [];
  return tables.internFrame(tables.internFunction({ name, file, firstLine: 0 }), Number(line));
};

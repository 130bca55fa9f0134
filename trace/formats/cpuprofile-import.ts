/**
 * Import of Chrome's `.cpuprofile`: one thread.
 *
 * - A sample lasts until the next one; the last one to `endTime`. Time that goes backwards, as Chrome writes it now and then, stands still.
 * - The node `(root)` is no frame, and in `(idle)` nothing is done.
 * - Files without samples (of before 2014, with hit counts only) are refused.
 */
import { badTrace, FieldDecoder } from '../contract/field-decoder.ts';
import { MAX_NUMBER, MAX_STACKS } from '../contract/trace-limits.ts';
import type { TraceLine } from '../contract/trace-lines.ts';
import { MICROSECONDS_PER_SECOND, NO_STACK } from '../contract/units.ts';
import { IDLE_NAME, ROOT_NAME } from './cpuprofile.ts';
import { ImportedTables } from './imported-tables.ts';
import { ImportedThread, MAX_IMPORTED_SPANS } from './imported-thread.ts';
import { buildImportedTrace } from './imported-trace.ts';
import { NO_STACK_LABEL } from './weighed-runs.ts';

const THREAD_NAME = 'MainThread';
const MICROSECONDS_PER_MILLISECOND = MICROSECONDS_PER_SECOND / 1000;
/** Chrome's times are since the boot of the machine. What is before 2001 as a time since 1970 is one of those. */
const EARLIEST_START = 1e15;
/** Stands for the node `(idle)`. */
const IDLE = -2;

/** @throws ProfilerError 'bad-trace' */
export const parseCpuProfile = (value: unknown): Generator<TraceLine, void> => {
  const file = new FieldDecoder(value, 'profile');
  const tables = new ImportedTables();
  const stackOf = internNodes(file.objects('nodes', MAX_STACKS), tables);
  const samples = file.wholeNumbers('samples', MAX_IMPORTED_SPANS);
  const deltas = file.numbers('timeDeltas', MAX_IMPORTED_SPANS, -MAX_NUMBER);
  if (samples.length !== deltas.length) {
    throw badTrace(`profile has ${samples.length} samples and ${deltas.length} timeDeltas`);
  }
  const startTime = file.number('startTime');
  const duration = file.number('endTime') - startTime;
  const thread = new ImportedThread({ name: THREAD_NAME, isMain: true, nativeId: 0 });
  let time = 0;
  samples.forEach((node, index) => {
    const stack = stackOf.get(node);
    if (stack === undefined) {
      throw badTrace(`profile.samples[${index}] names node ${node}, which the file does not have`, { node });
    }
    time += deltas[index]!;
    const end = index + 1 < samples.length ? time + deltas[index + 1]! : Math.max(time, duration);
    if (stack !== IDLE) {
      thread.addSpan(time, end, stack);
    }
  });
  const startedAt = startTime < EARLIEST_START ? 0 : startTime / MICROSECONDS_PER_MILLISECOND;
  return buildImportedTrace({ origin: 'cpuprofile', startedAt, tables, threads: [thread] });
};

interface Node {
  readonly id: number;
  readonly fields: FieldDecoder;
  readonly children: readonly number[];
}

/** @returns the stack of each node that can be reached from one that is nobody's child: a cycle cannot. */
const internNodes = (nodes: readonly FieldDecoder[], tables: ImportedTables): ReadonlyMap<number, number> => {
  const known = new Map<number, Node>();
  const childIds = new Set<number>();
  for (const fields of nodes) {
    const id = fields.wholeNumber('id');
    const children = fields.has('children') ? fields.wholeNumbers('children', nodes.length) : [];
    if (known.has(id)) {
      throw badTrace(`The file has two nodes of the id ${id}`, { node: id });
    }
    known.set(id, { id, fields, children });
    for (const child of children) {
      if (childIds.has(child)) {
        throw badTrace(`Node ${child} is below two nodes`, { node: child });
      }
      childIds.add(child);
    }
  }
  const stackOf = new Map<number, number>();
  const pending = Array.from(known.values(), (node) => ({ node, parent: NO_STACK as number })).filter(
    ({ node }) => !childIds.has(node.id),
  );
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const stack = internNode(next.node.fields, next.parent, tables);
    stackOf.set(next.node.id, stack);
    for (const child of next.node.children) {
      const node = known.get(child);
      if (node === undefined) {
        throw badTrace(`Node ${next.node.id} has a child ${child}, which the file does not have`, { node: child });
      }
      pending.push({ node, parent: Math.max(stack, NO_STACK) });
    }
  }
  return stackOf;
};

const internNode = (fields: FieldDecoder, parent: number, tables: ImportedTables): number => {
  const frame = fields.object('callFrame');
  const name = frame.text('functionName');
  if (parent === NO_STACK && (name === ROOT_NAME || name === NO_STACK_LABEL)) {
    return NO_STACK;
  }
  if (parent === NO_STACK && name === IDLE_NAME) {
    return IDLE;
  }
  const file = frame.has('url') ? frame.text('url') : '';
  // Counted from 0; -1 where unknown.
  const firstLine = frame.has('lineNumber') ? frame.number('lineNumber', -1) + 1 : 0;
  const called = tables.internFunction({ name: name === '' ? '(anonymous)' : name, file, firstLine });
  return tables.internStack(parent, tables.internFrame(called, 0));
};

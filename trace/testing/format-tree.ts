import { NONE, type CallTree } from '../analysis/call-tree.ts';
import { threadLabel } from '../analysis/thread-label.ts';
import { functionIndex, threadIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';

const MICROSECONDS_PER_MILLISECOND = 1000;

/** A call tree as indented text, a node a line: name, total and, if it has any, self, in milliseconds. */
export const formatTree = (model: TraceModel, tree: CallTree): string[] =>
  Array.from({ length: tree.nodeCount }, (_, node) => {
    const self = tree.self[node]! / MICROSECONDS_PER_MILLISECOND;
    const total = tree.total[node]! / MICROSECONDS_PER_MILLISECOND;
    const indent = '  '.repeat(tree.depths[node]!);
    return `${indent}${nodeName(model, tree, node)} ${total}${self > 0 ? ` self ${self}` : ''}`;
  });

const nodeName = (model: TraceModel, tree: CallTree, node: number): string => {
  if (tree.functions[node] !== NONE) {
    return model.functionName(functionIndex(tree.functions[node]!));
  }
  return tree.threads[node] === NONE ? 'all' : threadLabel(model, threadIndex(tree.threads[node]!));
};

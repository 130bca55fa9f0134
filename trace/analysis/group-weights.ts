import { NONE, type CallTree } from './call-tree.ts';

export interface GroupWeight {
  /** Weight of the stacks that end in a function of the group, microseconds. */
  readonly self: number;
  /** Weight of the stacks in which any function of the group is, each counted once. */
  readonly total: number;
  /** Functions of the group in the tree. */
  readonly functionCount: number;
}

/** The groups that a stack goes through are bits of one number. */
export const MAX_GROUPS = 31;

/**
 * Self and total per group of functions, by position of the group.
 *
 * @param groupOf position of each function's group, by function index, less than `groupCount`
 */
export const computeGroupWeights = (
  tree: CallTree,
  groupOf: (functionIndex: number) => number,
  groupCount: number,
): GroupWeight[] => {
  if (groupCount > MAX_GROUPS) throw new RangeError(`${groupCount} groups are more than ${MAX_GROUPS}`);
  const [self, total] = [new Float64Array(groupCount), new Float64Array(groupCount)];
  const functionCounts = new Int32Array(groupCount);
  const groups = new Map<number, number>();
  /** Of each node, the groups on the way to it. Parents come before their children. */
  const passed = new Int32Array(tree.nodeCount);
  for (let node = 0; node < tree.nodeCount; node++) {
    const parent = tree.parents[node]!;
    const above = parent === NONE ? 0 : passed[parent]!;
    const called = tree.functions[node]!;
    passed[node] = above;
    if (called === NONE) continue;
    let group = groups.get(called);
    if (group === undefined) {
      group = groupOf(called);
      groups.set(called, group);
      functionCounts[group]! += 1;
    }
    self[group]! += tree.self[node]!;
    if ((above & (1 << group)) === 0) total[group]! += tree.total[node]!;
    passed[node] = above | (1 << group);
  }
  return Array.from(self, (own, group) => ({
    self: own,
    total: total[group]!,
    functionCount: functionCounts[group]!,
  }));
};

/** Nodes of a forest with parent indexes, each parent before its children. */
export interface TreeOrder {
  /** Nodes in this order. */
  readonly nodes: Int32Array;
  /** Position of each node in it. */
  readonly positions: Int32Array;
}

/**
 * Puts the nodes into depth-first order, siblings by rank, in linear time.
 *
 * @param parents parent of each node, -1 for the outermost; longer than `count` does not matter
 * @param ranks rank of each node, less than `rankCount`; equal ranks stay in the order of their indexes
 */
export const orderTree = (
  count: number,
  parents: Int32Array,
  ranks: (node: number) => number,
  rankCount: number,
): TreeOrder => {
  // Slot 0 holds the outermost nodes, slot n + 1 the children of node n.
  const starts = new Int32Array(count + 2);
  for (let node = 0; node < count; node++) {
    starts[parents[node]! + 2]!++;
  }
  for (let slot = 1; slot < starts.length; slot++) {
    starts[slot]! += starts[slot - 1]!;
  }
  const fill = starts.slice();
  const children = new Int32Array(count);
  for (const node of sortByRank(count, ranks, rankCount)) {
    children[fill[parents[node]! + 1]!++] = node;
  }
  return walkDepthFirst(count, starts, children);
};

const sortByRank = (count: number, ranks: (node: number) => number, rankCount: number): Int32Array => {
  const starts = new Int32Array(rankCount + 1);
  for (let node = 0; node < count; node++) {
    starts[ranks(node) + 1]!++;
  }
  for (let rank = 1; rank <= rankCount; rank++) {
    starts[rank]! += starts[rank - 1]!;
  }
  const sorted = new Int32Array(count);
  for (let node = 0; node < count; node++) {
    sorted[starts[ranks(node)]!++] = node;
  }
  return sorted;
};

const walkDepthFirst = (count: number, starts: Int32Array, children: Int32Array): TreeOrder => {
  const nodes = new Int32Array(count);
  const positions = new Int32Array(count);
  const pending = new Int32Array(count);
  let pendingCount = 0;
  const pushChildren = (slot: number): void => {
    for (let child = starts[slot + 1]! - 1; child >= starts[slot]!; child--) {
      pending[pendingCount++] = children[child]!;
    }
  };
  pushChildren(0);
  for (let position = 0; position < count; position++) {
    const node = pending[--pendingCount]!;
    nodes[position] = node;
    positions[node] = position;
    pushChildren(node + 1);
  }
  return { nodes, positions };
};

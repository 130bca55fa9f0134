/** The nodes of a forest in depth-first order. */
export interface TreeOrder {
  /** Nodes in this order. */
  readonly nodes: Int32Array;
  /** Position of each node in it. */
  readonly positions: Int32Array;
  /** Of each position, the one after the last node below it: those below a node follow it without gaps. */
  readonly ends: Int32Array;
}

/**
 * Puts the nodes of a forest, each after its parent, into depth-first order, siblings by rank, in linear time. No node is walked to: how many are below each of its elder siblings
 * says how far from its parent it comes.
 *
 * @param parents parent of each node, -1 for the outermost; longer than `count` does not matter
 * @param rankOf rank of each node, less than `rankCount`; equal ranks stay in the order of their indexes
 */
export const orderTree = (
  count: number,
  parents: Int32Array,
  rankOf: (node: number) => number,
  rankCount: number,
): TreeOrder => {
  const sizes = countNodes(count, parents);
  const positions = placeBySiblings(sizes, parents, sortByRank(count, rankOf, rankCount));
  const nodes = new Int32Array(count);
  const ends = new Int32Array(count);
  for (let node = 0; node < count; node++) {
    const parent = parents[node]!;
    const position = parent < 0 ? positions[node]! : positions[parent]! + 1 + positions[node]!;
    positions[node] = position;
    nodes[position] = node;
    ends[position] = position + sizes[node]!;
  }
  return { nodes, positions, ends };
};

/** Of each node and all below it. */
const countNodes = (count: number, parents: Int32Array): Int32Array => {
  const sizes = new Int32Array(count).fill(1);
  for (let node = count - 1; node >= 0; node--) {
    const parent = parents[node]!;
    if (parent >= 0) sizes[parent]! += sizes[node]!;
  }
  return sizes;
};

/** Of each node, how many nodes its elder siblings have with all below them. */
const placeBySiblings = (sizes: Int32Array, parents: Int32Array, byRank: Int32Array): Int32Array => {
  const places = new Int32Array(sizes.length);
  /** Slot 0 is of the outermost nodes, slot n + 1 of the children of node n. */
  const taken = new Int32Array(sizes.length + 1);
  for (const node of byRank) {
    const slot = parents[node]! + 1;
    places[node] = taken[slot]!;
    taken[slot]! += sizes[node]!;
  }
  return places;
};

const sortByRank = (count: number, rankOf: (node: number) => number, rankCount: number): Int32Array => {
  const ranks = new Int32Array(count);
  const starts = new Int32Array(rankCount + 1);
  for (let node = 0; node < count; node++) {
    const rank = rankOf(node);
    ranks[node] = rank;
    starts[rank + 1]!++;
  }
  for (let rank = 1; rank <= rankCount; rank++) {
    starts[rank]! += starts[rank - 1]!;
  }
  const sorted = new Int32Array(count);
  for (let node = 0; node < count; node++) {
    sorted[starts[ranks[node]!]!++] = node;
  }
  return sorted;
};

/** A flame tree in which frames that only lead to the next one are drawn as one. Pure. */
import type { Change } from './comparison.ts';
import type { ChainLink, DrawnNode, FlameNode } from './flame-tree.ts';
import type { FunctionIdentity } from './function-identity.ts';
import type { TreeDirection } from './view-paths.ts';

/** Of a chain, what all its frames but the last may take themselves: less could not be seen, as it is a pixel of a frame of 100. */
export const MAX_SHARE_INSIDE_CHAIN = 0.01;

/**
 * Frames of functions that have a single frame below them, and hardly any weight of their own, become one with it, and that with the next. Nothing is lost: a chain weighs what its first frame
 * weighs, and is to itself what all its frames are. A frame beside which smaller ones were left out is not a single one.
 */
export const foldChains = (root: FlameNode, direction: TreeDirection): DrawnNode =>
  rebuild(root, (node) => {
    const links = node.kind === 'function' ? followChain(node) : [];
    return links.length < 2
      ? { node, next: node.children }
      : { node: joinLinks(links, direction), next: links.at(-1)!.children };
  });

/** The tree as it was before. */
export const unfoldChains = (root: DrawnNode): DrawnNode =>
  rebuild(root, (node) => {
    const first = node.kind === 'chain' ? node.links[0]! : node;
    return { node: first, next: first.children };
  });

/** The function that a frame stands for: of a chain the last one, from which the tree goes on. */
export const functionOf = (node: DrawnNode): FunctionIdentity | undefined => {
  if (node.kind === 'chain') return node.links.at(-1)!.identity;
  return node.kind === 'function' ? node.identity : undefined;
};

/** The functions that a frame has: all those of a chain, none of a thread. */
export const linksOf = (node: DrawnNode): readonly Pick<ChainLink, 'name' | 'value' | 'identity'>[] => {
  if (node.kind === 'chain') return node.links;
  return node.kind === 'function' ? [node] : [];
};

const followChain = (first: ChainLink): ChainLink[] => {
  const links = [first];
  const least = first.value * (1 - MAX_SHARE_INSIDE_CHAIN);
  for (let last = first; ;) {
    const [child, ...others] = last.children;
    if (child?.kind !== 'function' || others.length > 0 || child.value < least) return links;
    links.push(child);
    last = child;
  }
};

const joinLinks = (links: readonly ChainLink[], direction: TreeDirection): DrawnNode => {
  const first = links[0]!;
  const changes = first.changes && { total: first.changes.total, self: sumChanges(links) };
  return {
    kind: 'chain',
    name: nameChain(links, direction === 'top-down' ? '›' : '‹'),
    value: first.value,
    self: links.reduce((sum, { self }) => sum + self, 0),
    links,
    children: [],
    ...(changes === undefined ? {} : { changes }),
  };
};

/** The arrow leads from the caller to what it calls. */
const nameChain = (links: readonly ChainLink[], arrow: string): string => {
  const [first, last] = [links[0]!.name, links.at(-1)!.name];
  const between = links.length > 2 ? ` ${arrow} …` : '';
  return `${first}${between} ${arrow} ${last} (${links.length} frames)`;
};

const sumChanges = (links: readonly ChainLink[]): Change => {
  const sum = { before: 0, after: 0 };
  for (const { changes } of links) {
    sum.before += changes?.self.before ?? 0;
    sum.after += changes?.self.after ?? 0;
  }
  return sum;
};

/** A tree of the same shape or another, whose nodes get children of their own. Without recursion, since recorded stacks may be deeper than ours. */
const rebuild = <Node extends DrawnNode>(
  root: Node,
  replace: (node: Node) => { readonly node: DrawnNode; readonly next: readonly Node[] },
): DrawnNode => {
  const tops: DrawnNode[] = [];
  const open = [{ node: root, siblings: tops }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const { node, next } = replace(step.node);
    const children: DrawnNode[] = [];
    step.siblings.push({ ...node, children });
    for (let index = next.length - 1; index >= 0; index--) open.push({ node: next[index]!, siblings: children });
  }
  return tops[0]!;
};

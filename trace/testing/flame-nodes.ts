import type { FlameNode } from '../analysis/flame-tree.ts';
import { functionIndex } from '../contract/units.ts';

/** A frame that has what its children leave for itself. */
export const makeFrame = (name: string, value: number, ...children: FlameNode[]): FlameNode => ({
  kind: 'function',
  name,
  value,
  self: value - children.reduce((sum, child) => sum + child.value, 0),
  functionIndex: functionIndex(0),
  identity: { name, file: 'a.py', firstLine: 1 },
  children,
});

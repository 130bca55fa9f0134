/** A comparison of one function alone. Pure. */
import { NONE, ROOT_NODE } from './call-tree.ts';
import { ComparisonNodes } from './comparison-nodes.ts';
import type { Comparison } from './comparison.ts';
import type { FunctionIdentity } from './function-identity.ts';
import { nameModule } from './module-name.ts';

/**
 * What is below the outermost calls of a function, wherever that is called from, as the flame graph of one recording has it. Shares stay those of the whole sides. Nothing where neither side has the function.
 */
export const focusComparison = (comparison: Comparison, focus: FunctionIdentity): Comparison => {
  const { functions, nodeCount, called, parents, selfBefore, selfAfter } = comparison;
  const module = nameModule(focus.file);
  const wanted = functions.findIndex((one) => one.name === focus.name && one.module === module);
  const nodes = new ComparisonNodes();
  /** Where each node went; {@link NONE} for what is not below the function. */
  const places = new Int32Array(nodeCount).fill(NONE);
  for (let node = ROOT_NODE + 1; node < nodeCount; node++) {
    const above = places[parents[node]!]!;
    if (above === NONE && (wanted === -1 || called[node] !== wanted)) continue;
    const place = nodes.child(above === NONE ? ROOT_NODE : above, called[node]!);
    places[node] = place;
    nodes.add(place, 'before', selfBefore[node]!);
    nodes.add(place, 'after', selfAfter[node]!);
  }
  return { ...nodes.finish(functions), functions };
};

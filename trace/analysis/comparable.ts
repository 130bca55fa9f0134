import { type ComparedSide, weightOfSide } from './compared-side.ts';
import type { Weight } from './selection.ts';

const WEIGHT_NAMES: Readonly<Record<Weight, string>> = {
  wall: 'wall time',
  cpu: 'CPU time',
  gil: 'time with the GIL',
};

/** Why shares of the two sides would say nothing, as a sentence; absent where they can be compared. */
export const explainIncomparable = (before: ComparedSide, after: ComparedSide): string | undefined => {
  const [weightBefore, weightAfter] = [before.weight, after.weight];
  if (weightBefore !== weightAfter)
    return `One side counts ${WEIGHT_NAMES[weightBefore]}, the other ${WEIGHT_NAMES[weightAfter]}: their shares are of different things.`;
  const [modeBefore, modeAfter] = [before.model.header?.mode, after.model.header?.mode];
  if (modeBefore !== modeAfter)
    return `One side was recorded in the mode ${String(modeBefore)}, the other in the mode ${String(modeAfter)}: they left out different samples.`;
  for (const [side, name] of [
    [before, 'before'],
    [after, 'after'],
  ] as const)
    if (!(weightOfSide(side) > 0))
      return `The side ${name} has no ${WEIGHT_NAMES[side.weight]}: there is nothing to take shares of.`;
  return undefined;
};

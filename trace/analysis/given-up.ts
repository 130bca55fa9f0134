import type { FunctionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';

/** Stacks that were given up while a function was innermost. */
export interface GivenUpFunction {
  readonly function: FunctionIndex;
  readonly stacks: number;
}

/** The functions in which most stacks were given up, most first. */
export const computeGivenUp = ({ givenUp }: TraceModel, most: number): GivenUpFunction[] =>
  [...givenUp]
    .map(([leaf, stacks]) => ({ function: leaf, stacks }))
    .sort((a, b) => b.stacks - a.stacks || a.function - b.function)
    .slice(0, most);

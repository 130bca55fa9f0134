import { isPossibleChain } from '../call-chain.ts';
import type { SamplingResult } from './measurement.ts';

/** A stack as a peer shows it, with how often it was seen. */
export interface CountedStack {
  /** Of functions, outermost first. */
  readonly names: readonly string[];
  readonly count: number;
}

export const countStacks = (stacks: Iterable<CountedStack>): Pick<SamplingResult, 'kept' | 'impossible'> => {
  let [kept, impossible] = [0, 0];
  for (const { names, count } of stacks) {
    kept += count;
    if (!isPossibleChain(names)) impossible += count;
  }
  return { kept, impossible };
};

import { functionIndex, type FunctionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';

/** What names a function outside one trace's tables: in a URL, or in another recording. */
export interface FunctionIdentity {
  readonly name: string;
  readonly file: string;
  /** 0 where unknown. */
  readonly firstLine: number;
}

export const identifyFunction = (model: TraceModel, index: FunctionIndex): FunctionIdentity => ({
  name: model.functionName(index),
  file: model.functionFile(index),
  firstLine: model.functionFirstLine(index),
});

/** Stands for a function that a trace does not have: looked at alone, it has nothing. */
export const NO_FUNCTION = functionIndex(-1);

/**
 * The function of this identity. Where the trace has none at that line, because the file was edited between two recordings, it is the
 * nearest of the same name and file.
 */
export const findFunction = (model: TraceModel, identity: FunctionIdentity): FunctionIndex | undefined => {
  let nearest: FunctionIndex | undefined;
  let nearestDistance = Number.POSITIVE_INFINITY;
  for (let row = 0; row < model.functions.count; row++) {
    const index = functionIndex(row);
    const distance = Math.abs(model.functionFirstLine(index) - identity.firstLine);
    if (
      distance < nearestDistance &&
      model.functionName(index) === identity.name &&
      model.functionFile(index) === identity.file
    ) {
      nearest = index;
      nearestDistance = distance;
    }
  }
  return nearest;
};

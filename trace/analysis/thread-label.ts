import type { ThreadIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';

/** A thread's name or, where it has none, its id. */
export const threadLabel = (model: TraceModel, thread: ThreadIndex): string => {
  const row = model.threads[thread];
  if (row === undefined) {
    throw new RangeError(`There is no thread ${thread}`);
  }
  return row.name || `thread ${row.nativeId || thread}`;
};

import type { TraceLine } from '../contract/trace-lines.ts';
import { TraceModel } from './trace-model.ts';

/** Takes a whole trace into memory. */
export const loadTraceModel = async (lines: AsyncIterable<TraceLine>): Promise<TraceModel> => {
  const model = new TraceModel();
  for await (const line of lines) {
    model.append(line);
  }
  return model;
};

import type { RecordingMode, TraceLine } from '#trace/contract/trace-lines.ts';
import type { Weight } from '#trace/analysis/selection.ts';
import { formatCollapsedLines } from '#trace/formats/collapsed.ts';
import { TraceModel } from '#trace/model/trace-model.ts';

/** The weight that each mode shows first, as its name promised the users of the original plugin. */
const FIRST_WEIGHT: Readonly<Record<RecordingMode, Weight>> = { real: 'wall', virtual: 'cpu', prof: 'cpu' };

/** Takes a whole trace into memory: an export needs all of it at once. */
export const loadTraceModel = async (lines: AsyncIterable<TraceLine>): Promise<TraceModel> => {
  const model = new TraceModel();
  for await (const line of lines) model.append(line);
  return model;
};

/** Collapsed stacks, line by line, with line breaks; weighed as the recording's mode shows first unless told. */
export function* exportCollapsed(model: TraceModel, weight?: Weight): Generator<string, void> {
  const selection = { weight: weight ?? FIRST_WEIGHT[model.header?.mode ?? 'real'] };
  for (const line of formatCollapsedLines(model, selection)) yield `${line}\n`;
}

import { readTraceLines, type TraceCompleteness } from '#trace/contract/codec.ts';
import { TraceModel } from '#trace/model/trace-model.ts';
import { readPlainBytes } from '../app/profiler/worker/byte-stream.ts';
import { ReadingPace } from '../app/profiler/worker/reading-pace.ts';
import { yieldToTasks } from '../app/profiler/worker/yield-to-tasks.ts';

export interface ReadRecording {
  readonly model: TraceModel;
  readonly completeness: TraceCompleteness;
}

/** Everything runs in the page itself, whose policy allows no worker; so it pauses now and then. */
export const readRecording = async (
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (loaded: number) => void,
): Promise<ReadRecording> => {
  const model = new TraceModel();
  let loaded = 0;
  const lines = readTraceLines(readPlainBytes(stream, (bytes) => (loaded = bytes)));
  const pace = new ReadingPace(() => performance.now());
  for (;;) {
    const { done, value } = await lines.next();
    if (done === true) {
      model.trim();
      return { model, completeness: value };
    }
    model.append(value);
    if (!pace.isPauseDue()) continue;
    onBytes(loaded);
    await yieldToTasks();
  }
};

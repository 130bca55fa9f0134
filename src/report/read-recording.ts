import { readTraceLines, type TraceCompleteness } from '#trace/contract/codec.ts';
import { TraceModel } from '#trace/model/trace-model.ts';
import { readPlainBytes } from '../app/profiler/worker/byte-stream.ts';

/** How long reading goes on before the page may paint and scroll. */
const SLICE_MS = 40;

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
  let sliceEnd = performance.now() + SLICE_MS;
  for (;;) {
    const { done, value } = await lines.next();
    if (done === true) {
      model.trim();
      return { model, completeness: value };
    }
    model.append(value);
    if (performance.now() < sliceEnd) continue;
    onBytes(loaded);
    await pause();
    sliceEnd = performance.now() + SLICE_MS;
  }
};

/** A message to itself comes after whatever waits; a timer would come 4 ms later at least. */
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });

/** The thread in which a recording is sampled: joins the loop to the messages, and sleeps on the control word. */
import { parentPort, workerData } from 'node:worker_threads';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { TraceEnd } from '#trace/contract/trace-lines.ts';
import { openInterpreter } from '../cpython/interpreter-reader.ts';
import { STOP_ASKED, type SamplerMessage, type SamplerWorkerData } from './sampler-messages.ts';
import { SamplingLoop } from './sampling-loop.ts';
import { sharpenTimer } from './timer-slack.ts';

const { options, control } = workerData as SamplerWorkerData;
const controlWord = new Int32Array(control);
const post = (message: SamplerMessage): void => parentPort?.postMessage(message);

function isToStop(milliseconds: number): boolean {
  if (milliseconds > 0) Atomics.wait(controlWord, 0, 0, milliseconds);
  return Atomics.load(controlWord, 0) === STOP_ASKED;
}

function attach(): SamplingLoop | undefined {
  try {
    return new SamplingLoop(options, openInterpreter(options.pid));
  } catch (error) {
    if (!(error instanceof ProfilerError)) throw error;
    post({ kind: 'failed', code: error.code, message: error.message, fields: error.fields });
    return undefined;
  }
}

sharpenTimer();
const loop = attach();
if (loop !== undefined) {
  post({ kind: 'attached', header: loop.header });
  let end: TraceEnd | undefined;
  for (let current: SamplingLoop | undefined = loop; current !== undefined; current = current.successor())
    end = current.run(isToStop, (line) => post({ kind: 'line', line }));
  if (end !== undefined) post({ kind: 'finished', end });
}

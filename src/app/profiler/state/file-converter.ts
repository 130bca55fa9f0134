import type { Failure } from '../shared/failure.ts';
import { CallError, RpcCaller } from '../worker/rpc.ts';
import type { FileConversion } from '../worker/convert-file.ts';
import type { TraceCalls, TraceNotice } from '../worker/trace-calls.ts';
import type { TransferWatch } from './api-client.ts';
import type { WorkerEnd } from './trace-client.ts';

/** Converts each file in a worker of its own: what is open is analysed meanwhile, and a conversion that nobody wants any more ends with its worker. */
export class FileConverter {
  readonly #makeWorker: () => WorkerEnd;

  constructor(makeWorker: () => WorkerEnd) {
    this.#makeWorker = makeWorker;
  }

  /** Progress is how much of the file was read. Rejects with the reason of the signal as soon as that is given. */
  async convert(request: FileConversion, { signal, onProgress }: TransferWatch): Promise<Blob> {
    signal.throwIfAborted();
    const worker = this.#makeWorker();
    try {
      return await new Promise<Blob>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        worker.onerror = (event) => reject(new CallError(describeFailedWorker(event)));
        const caller = new RpcCaller<TraceCalls, TraceNotice>(worker, (notice) => {
          if (notice.kind === 'conversion') onProgress(notice.loadedBytes, request.file.size);
        });
        caller.call('convertFile', request).then(resolve, reject);
      });
    } finally {
      worker.terminate();
    }
  }
}

/** A script that cannot be loaded, since the server that has it is gone, is told as an event without a message. */
const describeFailedWorker = ({ message }: Partial<ErrorEvent>): Failure =>
  message === undefined
    ? { code: 'offline', message: 'What converts the file cannot be loaded.' }
    : { code: 'internal', message: `The conversion failed: ${message}` };

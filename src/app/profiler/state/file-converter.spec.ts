import { describe, expect, it } from 'vitest';
import { FileConverter } from './file-converter.ts';
import type { WorkerEnd } from './trace-client.ts';

const REQUEST = { file: new Blob(['0123456789']), format: 'collapsed' } as const;

/** A worker of which the test says what it answers. */
class FakeWorker implements WorkerEnd {
  onerror: WorkerEnd['onerror'] = null;
  isTerminated = false;
  readonly calls: { readonly id: number; readonly name: string }[] = [];
  #listener: (event: MessageEvent) => void = () => undefined;

  addEventListener(_type: 'message', listener: (event: MessageEvent) => void): void {
    this.#listener = listener;
  }

  postMessage(message: unknown): void {
    this.calls.push(message as { id: number; name: string });
  }

  terminate(): void {
    this.isTerminated = true;
  }

  fail(event: Event): void {
    this.onerror?.call(this as unknown as Worker, event as ErrorEvent);
  }

  tell(data: object): void {
    this.#listener(new MessageEvent('message', { data }));
  }

  answer(outcome: object): void {
    this.tell({ kind: 'answer', id: this.calls[0]?.id, outcome });
  }
}

const start = (signal = new AbortController().signal) => {
  const workers: FakeWorker[] = [];
  const converter = new FileConverter(() => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker as WorkerEnd;
  });
  const progress: string[] = [];
  const converted = converter.convert(REQUEST, {
    signal,
    onProgress: (loaded, total) => progress.push(`${loaded}/${total}`),
  });
  return { workers, worker: workers[0]!, converted, progress };
};

describe('a conversion', () => {
  it('has a worker of its own, which tells how far it is and ends with it', async () => {
    const { worker, converted, progress } = start();
    expect(worker.calls.map(({ name }) => name)).toEqual(['convertFile']);
    worker.tell({ kind: 'notice', notice: { kind: 'conversion', loadedBytes: 4 } });
    expect(progress).toEqual(['4/10']);
    const content = new Blob(['converted']);
    worker.answer({ kind: 'ok', value: content });
    expect(await converted).toBe(content);
    expect(worker.isTerminated).toBe(true);
  });

  it('that is not wanted any more ends at once, and its worker with it', async () => {
    const controller = new AbortController();
    const { worker, converted } = start(controller.signal);
    controller.abort(new Error('enough'));
    await expect(converted).rejects.toThrow('enough');
    expect(worker.isTerminated).toBe(true);
  });

  it('that was not wanted from the start has no worker', async () => {
    const { workers, converted } = start(AbortSignal.abort(new Error('enough')));
    await expect(converted).rejects.toThrow('enough');
    expect(workers).toEqual([]);
  });

  it('fails as the worker says, or with it', async () => {
    const refused = start();
    refused.worker.answer({ kind: 'failed', error: { code: 'bad-trace', message: 'No trace' } });
    await expect(refused.converted).rejects.toMatchObject({ failure: { code: 'bad-trace' } });
    expect(refused.worker.isTerminated).toBe(true);

    const died = start();
    died.worker.fail(new ErrorEvent('error', { message: 'out of memory' }));
    await expect(died.converted).rejects.toThrow('out of memory');
  });

  it('whose worker cannot be loaded says what to look at', async () => {
    const { worker, converted } = start();
    worker.fail(new Event('error'));
    await expect(converted).rejects.toMatchObject({ failure: { code: 'offline' } });
    expect(worker.isTerminated).toBe(true);
  });
});

import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { TraceEnd, TraceHeader, TraceLine } from '#trace/contract/trace-lines.ts';
import { STOP_ASKED, type SamplerMessage, type SamplerWorkerData } from './sampler-messages.ts';
import type { SamplerOptions } from './sampling-loop.ts';

export type { SamplerOptions } from './sampling-loop.ts';

/** `/proc/self/oom_score_adj` of a process that samples: when memory is short, it is to go before the master. */
const OOM_SCORE_ADJUSTMENT = 500;

/**
 * Room for young objects in the worker, MB: V8 shares it among three spaces. Left to itself, V8 takes some 100 MB for the little that a tick allocates.
 */
const MAX_YOUNG_GENERATION_MB = 6;

/**
 * At 100 ticks a second V8 would take minutes to find out that the loop is worth its best compiler. Told to decide after fewer calls,
 * the sampler takes an eighth less CPU. The flag is V8's own and may go: it is set only where it is known to be there.
 */
const COMPILER_FLAG = { v8: '14.', flag: '--invocation-count-for-turbofan=500' };

export interface RunningSampler {
  readonly header: TraceHeader;
  /** Asks the sampler to stop, and resolves when it has emitted its last line. May be called again. */
  stop(): Promise<void>;
  /** Resolves with the end line once everything was emitted; never rejects. */
  readonly finished: Promise<TraceEnd>;
}

/**
 * Starts to sample a process in a worker thread. Calls `onLine` with the header, with a chunk every 500 ms, and always with one end
 * line as the last. Where it rotates, the header of the next recording comes right after the end of the one before.
 * @throws ProfilerError where the process cannot be sampled: no such process, not Python, no permission, unsupported version.
 */
export async function startSampler(
  options: SamplerOptions,
  onLine: (line: TraceLine) => void,
): Promise<RunningSampler> {
  offerToOomKiller();
  if (process.versions.v8.startsWith(COMPILER_FLAG.v8)) setFlagsFromString(COMPILER_FLAG.flag);
  const control = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const worker = new Worker(new URL('./sampler-worker.ts', import.meta.url), {
    workerData: { options, control } satisfies SamplerWorkerData,
    resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_GENERATION_MB },
  });
  const attached = Promise.withResolvers<TraceHeader>();
  const finished = Promise.withResolvers<TraceEnd>();
  const startedAt = performance.now();
  let isOver = false;

  const finishWithout = (message: string): void => {
    attached.reject(new ProfilerError('sampler-failed', message));
    if (isOver) return;
    isOver = true;
    const at = ((performance.now() - startedAt) * 1000) as TraceEnd['at'];
    const end: TraceEnd = { kind: 'end', at, reason: 'sampler-failed', message };
    onLine(end);
    finished.resolve(end);
  };

  worker.on('message', (message: SamplerMessage) => {
    switch (message.kind) {
      case 'attached':
        attached.resolve(message.header);
        break;
      case 'failed':
        isOver = true;
        attached.reject(new ProfilerError(message.code, message.message, message.fields));
        break;
      case 'line':
        // After the end of one that rotates comes the header of the next.
        if (message.line.kind !== 'chunk') isOver = message.line.kind === 'end';
        onLine(message.line);
        break;
      case 'finished':
        finished.resolve(message.end);
        break;
    }
  });
  worker.on('error', (error: unknown) => finishWithout(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => finishWithout('the sampler thread ended unexpectedly'));

  const header = await attached.promise;
  return {
    header,
    finished: finished.promise,
    async stop() {
      const word = new Int32Array(control);
      Atomics.store(word, 0, STOP_ASKED);
      Atomics.notify(word, 0);
      await finished.promise;
    },
  };
}

export function offerToOomKiller(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', String(OOM_SCORE_ADJUSTMENT));
  } catch {
    // A container may forbid it; sampling works all the same.
  }
}

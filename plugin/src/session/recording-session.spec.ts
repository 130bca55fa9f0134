import { describe, expect, test } from 'vitest';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { SCRIPTED_REQUEST, ScriptedSource } from '../../test/scripted-source.ts';
import type { EncodedLine } from '../recording/encoded-line.ts';
import type { TraceSink } from '../recording/trace-sink.ts';
import { RecordingSession } from './recording-session.ts';

/** A sink in memory that takes so many lines. */
class CountingSink implements TraceSink {
  readonly lines: TraceLine[] = [];
  readonly #capacity: number;
  isFinished = false;

  constructor(capacity = Infinity) {
    this.#capacity = capacity;
  }

  append({ line }: EncodedLine): void {
    if (this.lines.length >= this.#capacity)
      throw new ProfilerError('file-unwritable', 'Cannot write a.bbprof: the disk is full');
    this.lines.push(line);
  }

  appendEndAfterFailure({ line }: EncodedLine): void {
    this.lines.push(line);
  }

  async finish(): Promise<void> {
    this.isFinished = true;
  }

  get kinds(): string {
    return this.lines.map(({ kind }) => kind).join(' ');
  }
}

const start = async (source: ScriptedSource, sink: TraceSink, options = {}): Promise<RecordingSession> =>
  RecordingSession.start(source.start, SCRIPTED_REQUEST, sink, options);

describe('RecordingSession', () => {
  test('takes every line to the sink, in order, and finishes it', async () => {
    const source = new ScriptedSource();
    const sink = new CountingSink();
    const session = await start(source, sink);
    source.emitChunks(2);
    expect((await session.stop()).reason).toBe('stopped');
    await session.finished;
    expect(sink.kinds).toBe('header chunk chunk end');
    expect(sink.isFinished).toBe(true);
  });

  test.each(['period-over', 'target-exited', 'sampler-failed'] as const)(
    'ends by itself with the reason of the sampler: %s',
    async (reason) => {
      const source = new ScriptedSource();
      const sink = new CountingSink();
      const session = await start(source, sink);
      source.emitChunks(1);
      source.end(reason);
      expect(await session.ended).toMatchObject({ reason, at: 500_000 });
      expect(sink.kinds).toBe('header chunk end');
    },
  );

  test('may be stopped twice, and after it ended: there is one end', async () => {
    const source = new ScriptedSource();
    const sink = new CountingSink();
    const session = await start(source, sink);
    const ends = await Promise.all([session.stop(), session.stop()]);
    await session.stop();
    expect(ends[0]).toBe(ends[1]);
    expect(source.stopCount).toBe(1);
    expect(sink.kinds).toBe('header end');
  });

  test('writes the end itself where the sampler dies without a word', async () => {
    const source = new ScriptedSource();
    const sink = new CountingSink();
    const session = await start(source, sink);
    source.emitChunks(1);
    source.fail('out of memory');
    expect(await session.ended).toEqual({
      kind: 'end',
      at: 490_000,
      reason: 'sampler-failed',
      message: 'out of memory',
    });
    expect(sink.kinds).toBe('header chunk end');
  });

  test('writes the end itself where the sampler does not stop when asked, and takes nothing after it', async () => {
    const source = new ScriptedSource();
    source.ignoresStop = true;
    const sink = new CountingSink();
    const session = await start(source, sink, { stopTimeoutMs: 10 });
    expect(await session.stop()).toMatchObject({ reason: 'sampler-failed' });
    source.emitChunks(1);
    expect(sink.kinds).toBe('header end');
  });

  test('ends with a full disk, says so, stops the sampler, and takes nothing more', async () => {
    const source = new ScriptedSource();
    const sink = new CountingSink(2);
    const session = await start(source, sink);
    source.emitChunks(5);
    expect(await session.ended).toMatchObject({
      reason: 'disk-full',
      message: 'Cannot write a.bbprof: the disk is full',
      at: 490_000,
    });
    await session.finished;
    expect(source.stopCount).toBe(1);
    expect(sink.kinds).toBe('header chunk end');
  });

  test('keeps the reason of the sampler where only the end line finds no room', async () => {
    const source = new ScriptedSource();
    const sink = new CountingSink(2);
    const session = await start(source, sink);
    source.emitChunks(1);
    source.end('target-exited');
    expect((await session.ended).reason).toBe('target-exited');
  });

  test('does not begin where the header finds no room', async () => {
    const source = new ScriptedSource();
    await expect(start(source, new CountingSink(0))).rejects.toMatchObject({ code: 'file-unwritable' });
    expect(source.stopCount).toBe(1);
  });

  test('does not begin where the target cannot be sampled', async () => {
    const source = new ScriptedSource();
    source.startFailure = new ProfilerError('not-python', 'Process 1 is no Python');
    const sink = new CountingSink();
    await expect(start(source, sink)).rejects.toMatchObject({ code: 'not-python' });
    expect(sink.lines).toEqual([]);
  });
});

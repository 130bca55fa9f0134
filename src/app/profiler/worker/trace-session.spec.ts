// @vitest-environment node
// jsdom has a Blob without stream().
import { describe, expect, it } from 'vitest';
import { encodeLine } from '#trace/contract/codec.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { microseconds } from '#trace/contract/units.ts';
import { emptyChunk, traceFromText } from '#trace/testing/trace-from-text.ts';
import type { TraceState } from '../shared/trace-state.ts';
import { readPlainBytes } from './byte-stream.ts';
import type { LiveSocket } from './live-follower.ts';
import { READING_MS } from './reading-pace.ts';
import { LONG_FILE_BYTES, TraceSession } from './trace-session.ts';

const LINES = traceFromText(`
  main
    3 running  run > work
  ---
  main
    2 running  run > poll`);
const END: TraceLine = { kind: 'end', at: microseconds(60_000), reason: 'stopped' };
const oneTick = (sequence: number): TraceLine => ({ ...emptyChunk(sequence), ticks: [sequence * 100_000] });
const textOf = (lines: readonly TraceLine[]): string => lines.map((line) => `${encodeLine(line)}\n`).join('');
const COMPLETE = textOf([...LINES, END]);
const CHUNKS = 30;
const MANY_CHUNKS = textOf([
  LINES[0]!,
  LINES[1]!,
  ...Array.from({ length: CHUNKS - 3 }, (_, index) => oneTick(index + 1)),
  END,
]);
const fileOf = (text: string, name = 'a.bbprof'): File => new File([text], name);
/** Of which a line comes at a time. */
const fileInLines = (text: string): File => {
  const lines = text.split(/(?<=\n)/).map((line) => new TextEncoder().encode(line));
  const next = lines.values();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: (controller) => {
        const { done, value } = next.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
  return Object.assign(fileOf(text), { stream: () => stream });
};

class FakeSocket implements LiveSocket {
  onopen: LiveSocket['onopen'] = null;
  onmessage: LiveSocket['onmessage'] = null;
  onclose: LiveSocket['onclose'] = null;
  isClosed = false;

  close(): void {
    this.isClosed = true;
  }

  send(...messages: readonly object[]): void {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }
}

interface Timing {
  /** Milliseconds that pass with each look at the clock. */
  readonly step: number;
  /** What others do while reading pauses. */
  readonly onPause: (session: TraceSession) => void;
}

const start = (
  answer: (url: string) => Response | Promise<Response> = () => new Response(COMPLETE),
  { step, onPause }: Timing = { step: 0, onPause: () => undefined },
) => {
  let clock = 0;
  const states: TraceState[] = [];
  const sockets: FakeSocket[] = [];
  const requests: { url: string; init: RequestInit }[] = [];
  const readElsewhere = { count: 0 };
  const session: TraceSession = new TraceSession(
    { onTrace: (state) => states.push(state), onStatus: () => undefined },
    {
      fetch: async (url, init) => {
        requests.push({ url, init });
        return answer(url);
      },
      openSocket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      schedule: () => () => undefined,
      readBytesElsewhere: (stream, onBytes) => {
        readElsewhere.count++;
        return readPlainBytes(stream, onBytes);
      },
      now: () => (clock += step),
      yieldToTasks: async () => onPause(session),
    },
  );
  const last = () => states.at(-1)!;
  return { session, states, sockets, requests, readElsewhere, last };
};
const RECORDING = { id: 'drawn', url: 'http://host/recordings/drawn', token: 'secret' };

describe('the open trace', () => {
  it('is read from a file to its end', async () => {
    const { session, states, last } = start();
    await session.openFile(fileOf(COMPLETE));
    expect(states[0]).toMatchObject({ phase: 'loading', source: { kind: 'file', name: 'a.bbprof' } });
    expect(last()).toMatchObject({ phase: 'complete', loadedBytes: COMPLETE.length, totalBytes: COMPLETE.length });
    expect(last().summary).toMatchObject({ tickCount: 5, endReason: 'stopped', duration: 60_000 });
  });

  it('is at rest once nothing more comes', async () => {
    const whileReading: boolean[] = [];
    const onPause = (reading: TraceSession): void => void whileReading.push(reading.isAtRest);
    const { session } = start(undefined, { step: READING_MS, onPause });
    expect(session.isAtRest).toBe(false);
    await session.openFile(fileInLines(MANY_CHUNKS));
    expect(whileReading).toContain(false);
    expect(whileReading).not.toContain(true);
    expect(session.isAtRest).toBe(true);
  });

  it('is unpacked elsewhere where the file is long', async () => {
    const { session, last, readElsewhere } = start();
    await session.openFile(fileOf(COMPLETE));
    expect(readElsewhere.count).toBe(0);
    await session.openFile(fileOf(COMPLETE + '\n'.repeat(LONG_FILE_BYTES)));
    expect(readElsewhere.count).toBe(1);
    expect(last().summary?.tickCount).toBe(5);
  });

  it('has exactly the whole chunks of a file that is cut anywhere', async () => {
    const secondChunk = textOf(LINES.slice(0, 2)).length;
    for (let cut = secondChunk; cut < COMPLETE.length - 1; cut += 37) {
      const { session, last } = start();
      await session.openFile(fileOf(COMPLETE.slice(0, cut)));
      expect(last().phase).toBe('cut');
      // A line is whole once its last brace is there, with or without the newline.
      expect(last().summary?.tickCount).toBe(cut >= textOf(LINES).length - 1 ? 5 : 3);
    }
  });

  it('is refused with the words of the reader where the file is something else', async () => {
    const { session, last } = start();
    await session.openFile(fileOf('PK\u0003\u0004 not a trace at all', 'x.zip'));
    expect(last()).toMatchObject({ phase: 'failed', failure: { code: 'bad-trace' }, summary: undefined });
  });

  it('is loaded from the server with the token, and leaves no copy in the browser', async () => {
    const { session, requests, last } = start();
    await session.openRecording(RECORDING);
    expect(last().phase).toBe('complete');
    expect(requests).toMatchObject([
      { url: RECORDING.url, init: { headers: { Authorization: 'Bearer secret' }, cache: 'no-store' } },
    ]);
  });

  it('fails with the code of the server where it refuses', async () => {
    const refusal = JSON.stringify({ code: 'no-such-recording', message: 'There is no recording drawn.' });
    const { session, last } = start(() => new Response(refusal, { status: 404 }));
    await session.openRecording(RECORDING);
    expect(last().failure).toEqual({ code: 'no-such-recording', message: 'There is no recording drawn.' });
  });

  it('fails in words where nobody answers, or the answer breaks off', async () => {
    const unreachable = start(() => Promise.reject(new TypeError('Failed to fetch')));
    await unreachable.session.openRecording(RECORDING);
    expect(unreachable.last().failure?.code).toBe('offline');

    let parts = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        if (parts++ === 0) controller.enqueue(new TextEncoder().encode(textOf(LINES.slice(0, 2))));
        else controller.error(new TypeError('network error'));
      },
    });
    const broken = start(() => new Response(body));
    await broken.session.openRecording(RECORDING);
    expect(broken.last()).toMatchObject({ phase: 'failed', failure: { code: 'broken-off' } });
  });

  it('grows while it is followed, and is complete with its end', async () => {
    const { session, sockets, last } = start();
    await session.openRecording({ ...RECORDING, liveUrl: 'ws://host/live' });
    sockets[0]!.send({ kind: 'status', status: { version: '1', canRecord: true, current: { id: 'drawn' } } });
    sockets[0]!.send(...LINES.slice(0, 2));
    expect(last()).toMatchObject({ phase: 'live', summary: { tickCount: 3 } });
    const before = last().revision;
    sockets[0]!.send(LINES[2]!, END);
    expect(last()).toMatchObject({ phase: 'complete', summary: { tickCount: 5, endReason: 'stopped' } });
    expect(last().revision).toBeGreaterThan(before);
  });

  it('is not counted twice where a new connection brings a chunk again', async () => {
    const { session, sockets, last } = start();
    await session.openRecording({ ...RECORDING, liveUrl: 'ws://host/live' });
    sockets[0]!.send(...LINES.slice(0, 2), ...LINES.slice(0, 2));
    expect(last().summary?.tickCount).toBe(3);
  });

  it('is loaded from the file where it had ended before it could be followed', async () => {
    const { session, sockets, requests, last } = start();
    await session.openRecording({ ...RECORDING, liveUrl: 'ws://host/live' });
    sockets[0]!.send({ kind: 'status', status: { version: '1', canRecord: true } });
    await expect.poll(() => last().phase).toBe('complete');
    expect(requests).toHaveLength(1);
    expect(sockets[0]!.isClosed).toBe(true);
  });

  it('is shown while it is read, what came so far, and tells how far it is', async () => {
    const { session, states } = start(undefined, { step: READING_MS, onPause: () => undefined });
    await session.openFile(fileInLines(MANY_CHUNKS));
    const shown = states.filter(({ phase, summary }) => phase === 'loading' && summary !== undefined);
    const ticks = shown.map(({ summary }) => summary!.tickCount);
    expect(ticks[0]).toBeGreaterThan(0);
    expect(ticks[0]).toBeLessThan(CHUNKS);
    // Not at every line: each look costs as much as all that came so far.
    expect(new Set(ticks).size).toBeLessThan(5);
    expect(new Set(shown.map(({ revision }) => revision)).size).toBe(new Set(ticks).size);
    expect(states.length).toBeGreaterThan(CHUNKS / 2);
    expect(states.at(-1)).toMatchObject({ phase: 'complete', summary: { tickCount: CHUNKS } });
  });

  it('keeps what came so far when reading is stopped, and reads no more', async () => {
    let pauses = 0;
    const { session, states, last } = start(undefined, {
      step: READING_MS,
      onPause: (reading) => {
        pauses++;
        if (pauses === 3) reading.stopReading();
      },
    });
    await session.openFile(fileOf(MANY_CHUNKS));
    expect(pauses).toBe(3);
    expect(last()).toMatchObject({ phase: 'partial', source: { kind: 'file', name: 'a.bbprof' } });
    expect(last().summary!.tickCount).toBeGreaterThan(0);
    expect(last().summary!.tickCount).toBe(session.model.tickCount);
    expect(session.model.tickCount).toBeLessThan(CHUNKS);
    const count = states.length;
    session.stopReading();
    expect(states).toHaveLength(count);
  });

  it('can be asked questions while its file stands still, and be stopped then', async () => {
    const { session, last } = start(
      () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) })),
    );
    void session.openRecording(RECORDING);
    await expect.poll(() => last().phase).toBe('loading');
    session.stopReading();
    expect(last()).toMatchObject({ phase: 'partial', summary: undefined });
  });

  it('says nothing more of a trace that was left for another', async () => {
    let release: (response: Response) => void = () => undefined;
    const { session, states, last } = start(() => new Promise((resolve) => (release = resolve)));
    const slow = session.openRecording(RECORDING);
    await session.openFile(fileOf(COMPLETE, 'b.bbprof'));
    const count = states.length;
    release(new Response(COMPLETE));
    await slow;
    expect(states).toHaveLength(count);
    expect(last().source).toEqual({ kind: 'file', name: 'b.bbprof' });
  });

  it('is gone once closed, with a revision that never goes back', async () => {
    const { session, states, last } = start();
    await session.openFile(fileOf(COMPLETE));
    session.close();
    expect(last()).toMatchObject({ phase: 'none', source: undefined, summary: undefined });
    const revisions = states.map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  });
});

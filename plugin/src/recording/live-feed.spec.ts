import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { scriptedChunk, scriptedEnd, scriptedHeader } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { encodeWithBytes } from './encoded-line.ts';
import { LiveFeed } from './live-feed.ts';
import { TraceFileWriter } from './trace-file-writer.ts';

let folder: ReturnType<typeof makeTemporaryFolder>;
let writer: TraceFileWriter;
let feed: LiveFeed;
let sequence: number;

const publish = (line: TraceLine): void => {
  const encoded = encodeWithBytes(line);
  writer.append(encoded);
  feed.publish(encoded);
};

const publishChunks = (count: number, padding = 0): void => {
  for (let index = 0; index < count; index++) publish(scriptedChunk(sequence++, padding));
};

/** `header`, the sequence number of a chunk, `end`. */
const nameOf = (line: Buffer): string => {
  const { kind, sequence: number } = JSON.parse(line.toString()) as { kind: string; sequence?: number };
  return number === undefined ? kind : String(number);
};

const collect = async (lines: AsyncIterable<Buffer>): Promise<string[]> => {
  const names: string[] = [];
  for await (const line of lines) names.push(nameOf(line));
  return names;
};

const take = async (lines: AsyncGenerator<Buffer, void>, count: number): Promise<string[]> => {
  const names: string[] = [];
  while (names.length < count) {
    const next = await lines.next();
    if (next.done === true) break;
    names.push(nameOf(next.value));
  }
  return names;
};

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));
const never = new AbortController().signal;

beforeEach(() => {
  folder = makeTemporaryFolder();
  const file = path.join(folder.path, 'live.bbprof');
  writer = TraceFileWriter.create(file);
  feed = new LiveFeed(file);
  sequence = 0;
  publish(scriptedHeader());
});

afterEach(() => {
  writer.close();
  folder.remove();
});

describe('LiveFeed', () => {
  test('has nothing for one who comes after the end: the finished file has it all', async () => {
    publishChunks(20);
    publish(scriptedEnd());
    expect(feed.hasEnded).toBe(true);
    await expect(collect(feed.follow({ signal: never }))).rejects.toThrow(
      expect.objectContaining({ code: 'file-unreadable' }),
    );
  });

  test('gives header, chunks in order and the end to one who was there', async () => {
    publishChunks(20);
    const follower = feed.follow({ signal: never });
    expect(await take(follower, 1)).toEqual(['header']);
    publish(scriptedEnd());
    expect(await collect(follower)).toEqual([...numbers(0, 20), 'end']);
  });

  test('waits for the next line and gives it when it comes', async () => {
    const follower = feed.follow({ signal: never });
    await take(follower, 1);
    const next = take(follower, 2);
    publishChunks(1);
    publishChunks(1);
    expect(await next).toEqual(['0', '1']);
  });

  test('leaves out the chunks up to `after`, but never the header', async () => {
    publishChunks(30);
    expect(await take(feed.follow({ after: 27, signal: never }), 3)).toEqual(['header', '28', '29']);
    expect(await take(feed.follow({ after: 3, signal: never }), 3)).toEqual(['header', '4', '5']);
    expect(await take(feed.follow({ after: -1, signal: never }), 2)).toEqual(['header', '0']);
  });

  test('goes on with what is new where `after` is ahead of the recording', async () => {
    publishChunks(2);
    const follower = feed.follow({ after: 99, signal: never });
    await take(follower, 1);
    const next = take(follower, 1);
    publishChunks(1);
    expect(await next).toEqual(['2']);
  });

  test('takes one who fell far behind back to the file, without a gap and without a second copy', async () => {
    publishChunks(1);
    const slow = feed.follow({ signal: never });
    const fast = feed.follow({ signal: never });
    expect(await take(slow, 2)).toEqual(['header', '0']);
    expect(await take(fast, 2)).toEqual(['header', '0']);
    for (let index = 1; index < 100; index++) {
      publishChunks(1, 20_000);
      expect(await take(fast, 1)).toEqual([String(index)]);
    }
    publish(scriptedEnd());
    expect(await collect(fast)).toEqual(['end']);
    expect(await collect(slow)).toEqual([...numbers(1, 100), 'end']);
  });

  test('gives a line that is longer than a block whole', async () => {
    publishChunks(1);
    publishChunks(1, 1_000_000);
    publishChunks(20);
    const lines: Buffer[] = [];
    for await (const line of feed.follow({ signal: AbortSignal.timeout(10_000) })) {
      lines.push(line);
      if (lines.length === 4) break;
    }
    expect(lines.map(nameOf)).toEqual(['header', '0', '1', '2']);
    expect(lines[2]?.length).toBeGreaterThan(1_000_000);
  });

  test('lets go of one who leaves while waiting', async () => {
    const leaving = new AbortController();
    const all = collect(feed.follow({ signal: leaving.signal }));
    leaving.abort();
    await all;
    expect(feed.followers).toBe(0);
  });

  test('tells the end, and no half chunk, when a full disk made the file give up its last chunk', async () => {
    publishChunks(30);
    const follower = feed.follow({ signal: never });
    await take(follower, 1);
    const end = encodeWithBytes(scriptedEnd(0, 'disk-full'));
    const before = feed.size;
    feed.retract(before - 1);
    feed.publish(end);
    expect(await collect(follower)).toEqual([...numbers(0, 29), 'end']);
  });
});

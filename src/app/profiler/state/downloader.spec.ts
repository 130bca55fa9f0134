import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ActivityMonitor } from './activity-monitor.ts';
import { Downloader, type DownloadTask, type LoadedFile } from './downloader.ts';

const FILE: LoadedFile = { name: 'a.bbprof.gz', content: new Blob(['1']) };
const TITLE = 'Loading a.';
const LONG_MS = 500;
/** Progress is told again after it. */
const PAUSE_MS = 200;

const make = () => {
  const root = document.createElement('div');
  const saved: string[] = [];
  const downloader = new Downloader(new ActivityMonitor(root, (action) => action()), (name) => saved.push(name));
  const told: string[][] = [];
  downloader.states$.subscribe((states) =>
    told.push(
      states.map(({ title, loadedBytes, totalBytes, failure }) =>
        failure === undefined ? `${title} ${loadedBytes}/${totalBytes}` : `failed: ${failure.code}`,
      ),
    ),
  );
  /** Begins a download that goes on until the test ends it. */
  const start = () => {
    const making = Promise.withResolvers<LoadedFile | undefined>();
    let task: DownloadTask | undefined;
    const ended = downloader.start(TITLE, (given) => {
      task = given;
      return making.promise;
    });
    return {
      task: task!,
      finish: (file: LoadedFile | undefined) => {
        making.resolve(file);
        return ended;
      },
      fail: (error: unknown) => {
        making.reject(error);
        return ended;
      },
    };
  };
  const stopFirst = async (): Promise<void> => {
    const [first] = await firstValueFrom(downloader.states$);
    downloader.stop(first!.id);
  };
  return { downloader, root, saved, start, stopFirst, told, now: () => told.at(-1) };
};

describe('a download', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('that is soon over is saved without a word', async () => {
    const { root, saved, start, told } = make();
    const { task, finish } = start();
    task.onProgress(1, 2);
    vi.advanceTimersByTime(LONG_MS - 1);
    expect(root.dataset['bbpState']).toBe('busy');
    await finish(FILE);
    vi.advanceTimersByTime(LONG_MS);
    expect(saved).toEqual([FILE.name]);
    expect(told.flat()).toEqual([]);
    expect(root.dataset['bbpState']).toBe('idle');
  });

  it('that takes longer is told, with how far it is now and then, and is gone once it is saved', async () => {
    const { now, saved, start, told } = make();
    const { task, finish } = start();
    task.onProgress(10, 100);
    vi.advanceTimersByTime(LONG_MS);
    expect(now()).toEqual([`${TITLE} 10/100`]);
    const before = told.length;
    for (let loaded = 11; loaded <= 20; loaded++) task.onProgress(loaded, 100);
    expect(told).toHaveLength(before);
    vi.advanceTimersByTime(PAUSE_MS);
    task.onProgress(21, 100);
    expect(now()).toEqual([`${TITLE} 21/100`]);
    await finish(FILE);
    expect(now()).toEqual([]);
    expect(saved).toEqual([FILE.name]);
  });

  it('of several stages begins each at nothing', async () => {
    const { now, start } = make();
    const { task, finish } = start();
    task.onProgress(100, 100);
    vi.advanceTimersByTime(LONG_MS);
    task.begin('Making b.');
    expect(now()).toEqual(['Making b. 0/0']);
    await finish(FILE);
  });

  it('that is stopped is gone at once, and never saved', async () => {
    const { now, root, saved, start, stopFirst } = make();
    const { task, finish } = start();
    vi.advanceTimersByTime(LONG_MS);
    await stopFirst();
    expect(task.signal.aborted).toBe(true);
    expect(now()).toEqual([]);
    task.onProgress(100, 100);
    task.begin('Making b.');
    await finish(FILE);
    expect(now()).toEqual([]);
    expect(saved).toEqual([]);
    expect(root.dataset['bbpState']).toBe('idle');
  });

  it('that is stopped tells of no failure, which is what its end looks like', async () => {
    const { now, start, stopFirst } = make();
    const { task, fail } = start();
    vi.advanceTimersByTime(LONG_MS);
    await stopFirst();
    await fail(task.signal.reason);
    expect(now()).toEqual([]);
  });

  it('that fails says why, until that is dismissed or another one begins', async () => {
    const { now, saved, start, stopFirst } = make();
    await start().fail(new Error('x'));
    expect(now()).toEqual(['failed: internal']);
    await stopFirst();
    expect(now()).toEqual([]);
    await start().fail(new Error('x'));
    const { finish } = start();
    expect(now()).toEqual([]);
    await finish(FILE);
    expect(saved).toEqual([FILE.name]);
  });

  it('goes on beside others; all end with the page', async () => {
    const { downloader, now, saved, start } = make();
    const [first, second] = [start(), start()];
    vi.advanceTimersByTime(LONG_MS);
    expect(now()).toEqual([`${TITLE} 0/0`, `${TITLE} 0/0`]);
    await second.finish(FILE);
    expect(saved).toEqual([FILE.name]);
    expect(now()).toEqual([`${TITLE} 0/0`]);
    downloader.stopAll();
    expect(first.task.signal.aborted).toBe(true);
    expect(now()).toEqual([]);
  });

  it('without a file saves none', async () => {
    const { saved, start } = make();
    await start().finish(undefined);
    expect(saved).toEqual([]);
  });
});

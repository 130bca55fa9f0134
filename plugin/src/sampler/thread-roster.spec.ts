import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import type { ThreadHandle } from '../cpython/interpreter-reader.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import { ThreadRoster } from './thread-roster.ts';

/** A thread of this very process: its files in `/proc` are real. */
const handle = (pythonId: number, isMain = false): ThreadHandle => ({
  stateAddress: remoteAddress(0x1000 * pythonId),
  innerStates: [],
  nativeId: process.pid,
  pythonId,
  isMain,
});
const MAIN = handle(1, true);
const SECOND = handle(2);

/** A roster whose target gives these names, one set each time it is asked. */
function setup(...answers: Record<number, string>[]) {
  let asked = 0;
  const roster = new ThreadRoster(process.pid, {
    readThreadNames: () => new Map(Object.entries(answers[asked++] ?? {}).map(([id, name]) => [Number(id), name])),
  });
  const follow = (seconds: number, handles: readonly ThreadHandle[]) =>
    roster.follow(microseconds(seconds * 1e6), handles);
  return {
    roster,
    follow,
    described: () => roster.takeDescribed().map(({ thread, name }) => [thread, name]),
    asked: () => asked,
  };
}

describe('ThreadRoster', () => {
  it('gives each new thread once, and forgets those that are gone', () => {
    const { roster, follow } = setup();
    const first = [MAIN];
    expect(follow(0, first).map(({ handle }) => handle)).toEqual([MAIN]);
    expect(follow(1, first)).toEqual([]);
    expect(follow(2, [MAIN, SECOND]).map(({ index }) => index)).toEqual([1]);
    const [, second] = roster.tracks();
    expect(follow(3, [MAIN])).toEqual([]);
    expect(second?.isGone).toBe(true);
    expect([...roster.tracks()].map(({ handle }) => handle)).toEqual([MAIN]);
    expect(roster.nativeIds()).toEqual([process.pid]);
    roster.close();
    expect(roster.isEmpty).toBe(true);
  });

  it('does not take a thread that is gone from the kernel', () => {
    const { follow, roster } = setup();
    expect(follow(0, [{ ...SECOND, nativeId: 2 ** 22 + 1 }])).toEqual([]);
    expect(roster.isEmpty).toBe(true);
  });

  it('describes threads by the names Python has for them, whole', () => {
    const { roster, follow } = setup({ 1: 'MainThread', 2: 'ein sehr langer Name 𝔣ür einen Thread' });
    follow(0, [MAIN, SECOND]);
    expect(roster.takeDescribed()).toEqual([
      { thread: 0, nativeId: process.pid, name: 'MainThread', isNameTruncated: false, isMain: true },
      {
        thread: 1,
        nativeId: process.pid,
        name: 'ein sehr langer Name 𝔣ür einen Thread',
        isNameTruncated: false,
        isMain: false,
      },
    ]);
    expect(roster.takeDescribed()).toEqual([]);
  });

  it('describes a thread without a name by that of the kernel, and anew once Python has one', () => {
    const { follow, described } = setup({}, { 1: 'reactor', 2: 'database' });
    const threads = [MAIN, SECOND];
    follow(0, threads);
    const kernelName = expect.stringMatching(/^(node|vitest|MainThread)/) as string;
    expect(described()).toEqual([
      [0, 'MainThread'],
      [1, kernelName],
    ]);
    follow(0.6, threads);
    expect(described()).toEqual([
      [0, 'reactor'],
      [1, 'database'],
    ]);
  });

  it('asks for unknown names twice a second, and for known ones every ten seconds', () => {
    const threads = [MAIN];
    const count = (answer: Record<number, string>): number => {
      const { follow, asked } = setup(...Array.from({ length: 100 }, () => answer));
      for (let tick = 0; tick < 300; tick++) follow(tick / 10, threads);
      return asked();
    };
    expect(count({})).toBe(60);
    expect(count({ 1: 'reactor' })).toBe(3);
  });

  it('describes a thread anew when it is renamed, and keeps its name where there is none now', () => {
    const threads = [MAIN];
    const { follow, described } = setup({ 1: 'first' }, { 1: 'second' }, {}, { 1: 'second' });
    for (const seconds of [0, 10, 20, 30]) follow(seconds, threads);
    expect(described()).toEqual([
      [0, 'first'],
      [0, 'second'],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { ServerStatus } from '#trace/contract/api.ts';
import { LiveFollower, type LiveSocket } from './live-follower.ts';

const HEADER = {
  kind: 'header',
  format: 'bbprof',
  version: 1,
  recordingId: 'r1',
  target: { pid: 1, startTimeClockTicks: 0, commandLine: [], executable: '', pythonVersion: '', host: '' },
  frequencyHz: 100,
  mode: 'real',
  periodSeconds: 60,
  samplerVersion: '0',
  clock: { startedAt: 0, monotonic: 0 },
};
const NO_LOSSES = {
  ticksAsked: 0,
  ticksTaken: 0,
  ticksLate: 0,
  ticksLeftOut: 0,
  stacksRetried: 0,
  stacksTorn: 0,
  stacksUnreadable: 0,
};
const makeChunk = (sequence: number) => ({
  kind: 'chunk',
  sequence,
  strings: [],
  functions: { names: [], files: [], firstLines: [] },
  frames: { functions: [], lines: [] },
  stacks: { parents: [], frames: [] },
  threads: [],
  ticks: [],
  runs: [],
  counters: [],
  events: [],
  losses: NO_LOSSES,
});
const statusOf = (id: string | undefined) => ({
  kind: 'status',
  status: { version: '1', canRecord: true, ...(id === undefined ? {} : { current: { id } }) } as ServerStatus,
});

class FakeSocket implements LiveSocket {
  onopen: LiveSocket['onopen'] = null;
  onmessage: LiveSocket['onmessage'] = null;
  onclose: LiveSocket['onclose'] = null;
  readonly url: string;
  readonly protocols: readonly string[];
  isClosed = false;

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  close(): void {
    this.isClosed = true;
  }

  send(...messages: readonly object[]): void {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }

  lose(): void {
    this.onclose?.(undefined as never);
  }
}

const follow = (token?: string) => {
  const sockets: FakeSocket[] = [];
  const events: string[] = [];
  const pauses: number[] = [];
  let wake: (() => void) | undefined;
  const follower = new LiveFollower(
    { url: 'ws://127.0.0.1/api/v1/live', token, recordingId: 'r1' },
    {
      onLine: (line) => events.push(line.kind === 'chunk' ? `chunk ${line.sequence}` : line.kind),
      onStatus: (status) => events.push(`status ${status.current?.id ?? 'idle'}`),
      onConnected: () => events.push('connected'),
      onLost: () => events.push('lost'),
      onGone: () => events.push('gone'),
      onProblem: (error) => events.push(`problem: ${(error as Error).name}`),
    },
    {
      openSocket: (url, protocols) => {
        const socket = new FakeSocket(url, protocols);
        sockets.push(socket);
        return socket;
      },
      schedule: (action, milliseconds) => {
        pauses.push(milliseconds);
        wake = action;
        return () => (wake = undefined);
      },
    },
  );
  const latest = () => sockets.at(-1) as FakeSocket;
  return { follower, sockets, events, pauses, latest, wake: () => wake?.(), hasAlarm: () => wake !== undefined };
};

describe('following a recording', () => {
  it('carries the token in a subprotocol, since a browser can set no header', () => {
    expect(follow('secret').latest().protocols).toEqual(['bbprofiler.v1', 'bbprofiler.token.secret']);
    expect(follow().latest().protocols).toEqual(['bbprofiler.v1']);
  });

  it('passes the lines on and closes the connection at the end', () => {
    const { latest, events } = follow();
    latest().send(statusOf('r1'), HEADER, makeChunk(0), { kind: 'end', at: 5, reason: 'stopped' });
    expect(events).toEqual(['status r1', 'header', 'chunk 0', 'end']);
    expect(latest().isClosed).toBe(true);
  });

  it('goes on after the last chunk when the connection is made again', () => {
    const { latest, events, wake, sockets } = follow();
    latest().send(statusOf('r1'), HEADER, makeChunk(0), makeChunk(1));
    latest().lose();
    expect(events.at(-1)).toBe('lost');
    wake();
    expect(sockets).toHaveLength(2);
    expect(latest().url).toBe('ws://127.0.0.1/api/v1/live?recording=r1&after=1');
  });

  it('waits longer after every failure, up to a limit, and is quick again once it was heard', () => {
    const { latest, pauses, wake } = follow();
    for (let attempt = 0; attempt < 7; attempt++) {
      latest().lose();
      wake();
    }
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    latest().send(statusOf('r1'));
    latest().lose();
    expect(pauses.at(-1)).toBe(250);
  });

  it('says that the recording is gone where the server records something else by now', () => {
    const { latest, events } = follow();
    latest().send(statusOf('r2'));
    expect(events).toEqual(['status r2', 'gone']);
    expect(latest().isClosed).toBe(true);
  });

  it('waits for the end line where the recording stops while it is followed', () => {
    const { latest, events } = follow();
    latest().send(statusOf('r1'), HEADER, statusOf(undefined), { kind: 'end', at: 5, reason: 'stopped' });
    expect(events).toEqual(['status r1', 'header', 'status idle', 'end']);
  });

  it('gives up on messages that are no lines of a trace', () => {
    const { latest, events, hasAlarm } = follow();
    latest().send({ kind: 'chunk', sequence: -1 });
    expect(events).toEqual(['problem: ProfilerError']);
    expect(hasAlarm()).toBe(false);
  });

  it('is silent once closed', () => {
    const { follower, latest, wake, sockets } = follow();
    const socket = latest();
    socket.lose();
    follower.close();
    wake();
    expect(sockets).toHaveLength(1);
  });
});

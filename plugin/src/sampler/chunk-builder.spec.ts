import { describe, expect, it } from 'vitest';
import type { RecordingMode, TraceChunk } from '#trace/contract/trace-lines.ts';
import { DispatchMark } from '#trace/contract/dispatch-mark.ts';
import { GilState, ThreadState } from '#trace/contract/thread-state.ts';
import { ChunkBuilder, SLOW_TICK, type ObservedThread } from './chunk-builder.ts';
import { IN_LOOP, NO_DISPATCH } from './dispatch-sequence.ts';
import { StackInterner } from './stack-interner.ts';
import { TickColumns } from './tick-columns.ts';

const { absent, running, idle, waiting } = ThreadState;
const NEWS = { pacing: { ticksAsked: 0, ticksLate: 0, stacksRetried: 0 }, threads: [], counters: [], events: [] };
const MILLISECOND = 1_000_000;

class ScriptedThread implements ObservedThread {
  readonly index: number;
  readonly isMain: boolean;
  readonly columns = new TickColumns();
  isGone = false;
  stacksTorn = 0;
  stacksUnreadable = 0;
  readonly givenUp = new Map<number, number>();
  cpu = 0;

  constructor(index: number) {
    this.index = index;
    this.isMain = index === 0;
  }

  see(state: ThreadState, stack: number, cpuMilliseconds = 0, dispatch: number = NO_DISPATCH): void {
    this.cpu += cpuMilliseconds * MILLISECOND;
    const row = this.columns.addRow();
    this.columns.states[row] = state;
    this.columns.stacks[row] = stack;
    this.columns.dispatches[row] = dispatch;
    this.columns.gil[row] = state === running ? GilState.holds : GilState.neither;
    this.columns.cpu[row] = this.cpu;
  }

  observeClock(): void {
    this.see(absent, -1, 2);
  }
}

function recorded(mode: RecordingMode = 'real'): { builder: ChunkBuilder; main: ScriptedThread } {
  const builder = new ChunkBuilder(mode, new StackInterner());
  const main = new ScriptedThread(0);
  builder.addThread(main);
  return { builder, main };
}

const ticksOf = (chunk: TraceChunk, thread: number): number[] =>
  chunk.runs.find((runs) => runs.thread === thread)?.ticks.slice() ?? [];

describe('ChunkBuilder', () => {
  it('joins equal ticks to runs and holds the last tick back for the next chunk', () => {
    const { builder, main } = recorded();
    const script: [ThreadState, number][] = [
      [running, 7],
      [running, 7],
      [waiting, 8],
      [running, 7],
    ];
    script.forEach(([state, stack], tick) => {
      builder.addTick(1000 * tick);
      main.see(state, stack, 3);
    });
    const first = builder.build(NEWS);
    expect(first.ticks).toEqual([0, 1000, 1000]);
    expect(first.runs).toEqual([
      { thread: 0, cpu: 9000, ticks: [2, 1], stacks: [7, 8], states: [running, waiting], gil: [2, 1] },
    ]);
    const last = builder.buildLast(4000, NEWS);
    expect(last.sequence).toBe(1);
    expect(last.ticks).toEqual([3000]);
    expect(last.runs).toEqual([{ thread: 0, cpu: 2000, ticks: [1], stacks: [7], states: [running], gil: [2] }]);
  });

  it('tells how long ticks took that were no moment', () => {
    const { builder, main } = recorded('virtual');
    [0, SLOW_TICK, SLOW_TICK + 0.5, 7000].forEach((span, tick) => {
      builder.addTick(10_000 * tick);
      // The second one is left out.
      main.see(tick === 1 ? idle : running, 7, 3);
      builder.endTick(10_000 * tick + span);
    });
    const first = builder.build(NEWS);
    expect([first.ticks.length, first.slowTicks]).toEqual([2, { ticks: [1], spans: [SLOW_TICK + 1] }]);
    expect(builder.buildLast(40_000, NEWS).slowTicks).toEqual({ ticks: [0], spans: [7000] });
  });

  it('covers every tick of every thread, of those that come and go, too', () => {
    const { builder, main } = recorded();
    const late = new ScriptedThread(1);
    builder.addTick(0);
    main.see(idle, 1);
    builder.addThread(late);
    for (const time of [1000, 2000, 3000]) {
      builder.addTick(time);
      main.see(idle, 1);
      if (time < 3000) late.see(running, 5, 1);
      else late.isGone = true;
    }
    const chunk = builder.buildLast(4000, NEWS);
    expect(ticksOf(chunk, 0)).toEqual([4]);
    expect(chunk.runs[1]).toMatchObject({ ticks: [1, 2, 1], states: [absent, running, absent] });
  });

  it('leaves the ticks out that the mode leaves out, for all threads, and counts them', () => {
    const { builder, main } = recorded('prof');
    [running, idle, idle, running, idle].forEach((state, tick) => {
      builder.addTick(1000 * tick);
      main.see(state, state === running ? 7 : 8, 1);
    });
    const chunk = builder.build({ ...NEWS, counters: [{ at: 0 as never }] });
    expect(chunk.ticks).toEqual([0, 3000]);
    expect(ticksOf(chunk, 0)).toEqual([2]);
    expect(chunk.losses).toMatchObject({ ticksTaken: 4, ticksLeftOut: 2 });
    // Two of the four ticks taken were busy, whatever the mode keeps.
    expect(chunk.counters[0]).toMatchObject({ reactorLoad: 0.5, gilHeld: 0.5 });
  });

  it('marks where dispatches begin, go on and are over, across chunks too', () => {
    const { builder, main } = recorded();
    const script: [ThreadState, number][] = [
      [idle, IN_LOOP],
      [running, 1],
      [running, 1],
      [waiting, 1],
      [running, 2],
      [running, 2],
      [idle, IN_LOOP],
      [ThreadState.lostTorn, NO_DISPATCH],
    ];
    const look = ([state, dispatch]: [ThreadState, number], tick: number): void => {
      builder.addTick(1000 * tick);
      main.see(state, 7, 1, dispatch);
    };
    script.slice(0, 6).forEach(look);
    const first = builder.build(NEWS);
    script.slice(6).forEach((row, tick) => look(row, tick + 6));
    const last = builder.buildLast(9000, NEWS);
    const { none, loop, begins, continues } = DispatchMark;
    expect(first.runs[0]).toMatchObject({ ticks: [1, 2, 1, 1], dispatches: [loop, begins, continues, begins] });
    expect(last.runs[0]).toMatchObject({ ticks: [1, 1, 1], dispatches: [continues, loop, none] });
  });

  it.each(['virtual', 'prof'] as const)(
    'keeps in the mode %s the ticks at which a callback sleeps, with those beside its dispatch, but no other sleep',
    (mode) => {
      const { builder, main } = recorded(mode);
      const script: [ThreadState, number][] = [
        [idle, IN_LOOP],
        [idle, IN_LOOP],
        [waiting, 1],
        [waiting, 1],
        [idle, IN_LOOP],
        [idle, IN_LOOP],
        [waiting, NO_DISPATCH],
        [idle, IN_LOOP],
      ];
      script.forEach(([state, dispatch], tick) => {
        builder.addTick(1000 * tick);
        main.see(state, 7, 0, dispatch);
      });
      const chunk = builder.build(NEWS);
      expect(chunk.ticks).toEqual([1000, 1000, 1000, 1000]);
      expect(chunk.losses).toMatchObject({ ticksTaken: 7, ticksLeftOut: 3 });
    },
  );

  it('keeps the tick after a dispatch that is the first of the next chunk', () => {
    const { builder, main } = recorded('virtual');
    const see = (tick: number, dispatch: number): void => {
      builder.addTick(1000 * tick);
      main.see(dispatch === IN_LOOP ? idle : waiting, 7, 0, dispatch);
    };
    see(0, 1);
    see(1, 1);
    see(2, IN_LOOP);
    expect(builder.build(NEWS).ticks).toEqual([0, 1000]);
    see(3, IN_LOOP);
    see(4, IN_LOOP);
    expect(builder.build(NEWS).ticks).toEqual([2000]);
  });

  it('counts stacks that were lost once, and where', () => {
    const { builder, main } = recorded();
    builder.addTick(0);
    main.see(ThreadState.lostTorn, -1);
    main.stacksTorn = 1;
    main.givenUp.set(5, 1);
    builder.addTick(1000);
    main.see(running, 7);
    expect(builder.build(NEWS)).toMatchObject({
      losses: { stacksTorn: 1 },
      givenUp: { functions: [5], stacks: [1] },
    });
    const last = builder.buildLast(2000, NEWS);
    expect(last.losses.stacksTorn).toBe(0);
    expect(last).not.toHaveProperty('givenUp');
  });

  it('keeps more ticks in a chunk than its columns first have room for', () => {
    const { builder, main } = recorded();
    for (let tick = 0; tick < 1000; tick++) {
      builder.addTick(tick);
      main.see(tick % 2 === 0 ? running : waiting, tick % 2, 1);
    }
    const chunk = builder.build(NEWS);
    expect(chunk.ticks).toHaveLength(999);
    expect(ticksOf(chunk, 0)).toHaveLength(999);
    expect(chunk.runs[0]?.cpu).toBe(999_000);
  });
});

import fc from 'fast-check';
import { BUILD_RESULTS, type ThreadRuns, type TraceChunk, type TraceLine } from '../contract/trace-lines.ts';
import { COUNTER_FIELDS, type CounterField } from '../contract/decode-chunk.ts';
import { microseconds } from '../contract/units.ts';
import { emptyChunk, testHeader } from './trace-from-text.ts';

/** Picks a row by taking the number modulo the rows there are. */
const pick = fc.nat(1_000_000);
const runRecipe = fc.record({
  ticks: fc.integer({ min: 1, max: 5 }),
  stack: pick,
  state: fc.nat(6),
  gil: fc.nat(3),
  dispatch: fc.nat(3),
});
const chunkRecipe = fc.record({
  strings: fc.array(fc.string({ unit: 'binary', maxLength: 6 }), { maxLength: 3 }),
  functions: fc.array(fc.tuple(pick, pick, fc.nat(99)), { maxLength: 3 }),
  frames: fc.array(fc.tuple(pick, fc.nat(99)), { maxLength: 3 }),
  stacks: fc.array(fc.tuple(pick, pick), { maxLength: 5 }),
  newThreads: fc.nat(2),
  steps: fc.array(fc.nat(20_000), { maxLength: 12 }),
  hasDispatches: fc.boolean(),
  runs: fc.array(fc.tuple(fc.nat(100_000), fc.array(runRecipe, { minLength: 1, maxLength: 6 })), { maxLength: 3 }),
  counter: fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined }),
  event: fc.option(
    fc.tuple(fc.constantFrom('build', 'step', 'suspension', 'note'), pick, fc.constantFrom(...BUILD_RESULTS)),
    {
      nil: undefined,
    },
  ),
  late: fc.nat(10),
  givenUp: fc.nat(10),
  slowTick: fc.nat(5),
});
type ChunkRecipe = typeof chunkRecipe extends fc.Arbitrary<infer Recipe> ? Recipe : never;

/** Traces that keep all the rules of the format. */
export const arbitraryTrace = (): fc.Arbitrary<TraceLine[]> =>
  fc.tuple(fc.array(chunkRecipe, { maxLength: 5 }), fc.boolean()).map(([recipes, hasEnd]) => {
    const counts = { strings: 0, functions: 0, frames: 0, stacks: 0, threads: 0 };
    let time = 0;
    const chunks = recipes.map((recipe, sequence) => {
      const chunk = buildChunk(recipe, sequence, counts, time);
      time += recipe.steps.reduce((sum, step) => sum + step, 0);
      return chunk;
    });
    const end: TraceLine = { kind: 'end', at: microseconds(time), reason: 'stopped' };
    return [testHeader(), ...chunks, ...(hasEnd ? [end] : [])];
  });

interface Counts {
  strings: number;
  functions: number;
  frames: number;
  stacks: number;
  threads: number;
}

const buildChunk = (recipe: ChunkRecipe, sequence: number, counts: Counts, time: number): TraceChunk => {
  const newStrings = recipe.strings;
  counts.strings += newStrings.length;
  const functions = counts.strings > 0 ? recipe.functions : [];
  counts.functions += functions.length;
  const frames = counts.functions > 0 ? recipe.frames : [];
  counts.frames += frames.length;
  const firstStack = counts.stacks;
  const stacks = counts.frames > 0 ? recipe.stacks : [];
  counts.stacks += stacks.length;
  const firstThread = counts.threads;
  counts.threads += recipe.newThreads;
  return {
    ...emptyChunk(sequence),
    strings: newStrings,
    functions: {
      names: functions.map(([name]) => name % counts.strings),
      files: functions.map(([, file]) => file % counts.strings),
      firstLines: functions.map(([, , line]) => line),
    },
    frames: { functions: frames.map(([called]) => called % counts.functions), lines: frames.map(([, line]) => line) },
    stacks: {
      parents: stacks.map(([parent], row) => (parent % (firstStack + row + 1)) - 1),
      frames: stacks.map(([, frame]) => frame % counts.frames),
    },
    threads: Array.from({ length: recipe.newThreads }, (_, row) => ({
      thread: firstThread + row,
      nativeId: 1000 + firstThread + row,
      name: `thread-${firstThread + row}`,
      isNameTruncated: false,
      isMain: firstThread + row === 0,
    })),
    ticks: recipe.steps.map((step, tick) => (tick === 0 ? time + step : step)),
    runs: buildRuns(recipe, counts),
    counters: recipe.counter === undefined ? [] : [buildCounter(time, recipe.counter)],
    events: recipe.event === undefined ? [] : [buildEvent(recipe.event, time)],
    ...(counts.functions > 0 && recipe.givenUp > 0
      ? { givenUp: { functions: [recipe.givenUp % counts.functions], stacks: [recipe.givenUp] } }
      : {}),
    ...(recipe.slowTick < recipe.steps.length
      ? { slowTicks: { ticks: [recipe.slowTick], spans: [microseconds(1500 + recipe.slowTick)] } }
      : {}),
    losses: { ...emptyChunk(sequence).losses, ticksTaken: recipe.steps.length, ticksLate: recipe.late },
  };
};

const buildRuns = (recipe: ChunkRecipe, counts: Counts): ThreadRuns[] => {
  const tickCount = recipe.steps.length;
  if (tickCount === 0) {
    return [];
  }
  return recipe.runs.slice(0, counts.threads).map(([cpu, runs], thread) => {
    const ticks: number[] = [];
    for (let covered = 0, run = 0; covered < tickCount; run++) {
      const wanted = runs[run]?.ticks ?? tickCount;
      ticks.push(Math.min(wanted, tickCount - covered));
      covered += wanted;
    }
    const recipeOf = (run: number) => runs[run] ?? runs[0]!;
    return {
      thread,
      cpu: microseconds(cpu),
      ticks,
      stacks: ticks.map((_, run) => (recipeOf(run).stack % (counts.stacks + 1)) - 1),
      states: ticks.map((_, run) => recipeOf(run).state),
      gil: ticks.map((_, run) => recipeOf(run).gil),
      ...(recipe.hasDispatches ? { dispatches: ticks.map((_, run) => recipeOf(run).dispatch) } : {}),
    };
  });
};

/** Every counter there is; shares are at most 1. */
const buildCounter = (time: number, value: number): TraceChunk['counters'][number] =>
  Object.assign(
    { at: microseconds(time) },
    ...COUNTER_FIELDS.map((field) => ({ [field]: SHARES.includes(field) ? 1 / (1 + value) : Math.floor(value) })),
  ) as TraceChunk['counters'][number];
const SHARES: readonly CounterField[] = ['reactorLoad', 'gilHeld'];

const buildEvent = (
  [kind, id, result]: readonly [string, number, (typeof BUILD_RESULTS)[number]],
  time: number,
): TraceChunk['events'][number] => {
  const start = microseconds(time - 1_000_000);
  switch (kind) {
    case 'build':
      return { kind, id, number: id, builder: 'b', worker: 'w', result, start, end: microseconds(time) };
    case 'step':
      return { kind, id, buildId: id, name: 's', start };
    case 'suspension':
      return { kind, id, start, end: microseconds(time) };
    default:
      return { kind: 'note', text: 'n', start };
  }
};

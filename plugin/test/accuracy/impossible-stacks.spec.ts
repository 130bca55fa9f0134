import { describe, expect, it, onTestFinished } from 'vitest';
import type { InterpreterReader, ThreadHandle } from '../../src/cpython/interpreter-reader.ts';
import { openInterpreter } from '../../src/cpython/interpreter-reader.ts';
import { StackBuffer } from '../../src/cpython/stack-buffer.ts';
import { isPossibleChain } from '../call-chain.ts';
import { findPythons } from '../installed-pythons.ts';
import { namesOf, startTarget } from '../running-target.ts';

const KEPT = 3000;
/** The median of so many rounds counts: impossible stacks come in bursts, while the rhythms of target and reader are in step. */
const ROUNDS = 3;
/** At the highest rate, on a target that does nothing but call: 0 to 4 in 10,000 were seen where nothing else ran. */
const MOST_IMPOSSIBLE_SHARE = 0.002;
/**
 * Up to 3.10 a frame is an object that every call of its function uses again, and stacks cannot be copied as a whole. Where functions have one caller each, none of two million
 * was impossible. Where every second one has two callers and nothing but calls happens it was 0.13 % of 126,000, in bursts of up to 1.5 % of 3000: the target's rhythm and
 * the copies' fall into step for a while. Without the checks of `FrameObjectWalker` it is 9 %.
 */
const MOST_IMPOSSIBLE_SHARE_OF_SHARED_FRAME_OBJECTS = 0.03;

/** Reads until so many stacks were kept, and gives those of them that cannot exist. */
const readKept = (reader: InterpreterReader, main: ThreadHandle): string[] => {
  const stack = new StackBuffer();
  const impossible: string[] = [];
  let kept = 0;
  for (let tries = 0; kept < KEPT && tries < 10 * KEPT; tries++) {
    if (reader.readStack(main, stack) !== 'read') continue;
    kept++;
    const names = namesOf(stack);
    if (!isPossibleChain(names)) impossible.push(names.join(';'));
  }
  expect(kept).toBe(KEPT);
  return impossible;
};

describe.each(findPythons().filter(({ isSupported }) => isSupported))('a live Python $version', (python) => {
  const programs: [program: string, depth: number, most: number][] = [
    ['oracle.py', 30, MOST_IMPOSSIBLE_SHARE],
    ['oracle.py', 300, MOST_IMPOSSIBLE_SHARE],
  ];
  if (python.hasFrameObjects) programs.push(['shared_oracle.py', 30, MOST_IMPOSSIBLE_SHARE_OF_SHARED_FRAME_OBJECTS]);

  it.each(programs)('hardly ever shows a stack that cannot exist, of %s at depth %i', async (program, depth, most) => {
    const target = await startTarget(python.executable, program, String(depth));
    onTestFinished(() => target.end());
    const reader = openInterpreter(target.pid);
    onTestFinished(() => reader.close());
    const [main] = reader.readThreads().threads;
    const rounds = Array.from({ length: ROUNDS }, () => readKept(reader, main as ThreadHandle));
    const shares = rounds.map((impossible) => impossible.length / KEPT).sort((a, b) => a - b);
    expect(shares[(ROUNDS - 1) / 2], rounds.flat().join('\n')).toBeLessThanOrEqual(most);
  });
});

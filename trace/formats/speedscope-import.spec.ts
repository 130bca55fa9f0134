import { describe, expect, it } from 'vitest';
import { MAX_STACK_DEPTH, MAX_STRING_LENGTH } from '../contract/trace-limits.ts';
import { formatTotals, functionTotals } from '../testing/function-totals.ts';
import { loadFile, refusalOf, totalsOfFile } from '../testing/read-file.ts';

const speedscope = (profile: object, frames: object[] = [{ name: 'f', file: 'a.py', line: 3 }, { name: 'g' }]) => ({
  $schema: 'https://www.speedscope.app/file-format-schema.json',
  shared: { frames },
  profiles: [{ name: 'main', unit: 'milliseconds', startValue: 0, endValue: 9, ...profile }],
});
const sampled = (samples: unknown[], weights: unknown[]) => speedscope({ type: 'sampled', samples, weights });
const evented = (...events: [string, number, number][]) =>
  speedscope({ type: 'evented', events: events.map(([type, frame, at]) => ({ type, frame, at })) });

describe('speedscope files', () => {
  it('are read with their weights in the unit they say, empty samples as time in which nothing was done', async () => {
    const model = await loadFile(sampled([[0], [], [0, 1], [0, 1]], [2, 3, 1.5, 1]));
    expect(formatTotals(functionTotals(model, { weight: 'wall' }), 0)).toEqual([
      'f a.py: 2000 of 4500',
      'g : 2500 of 2500',
    ]);
    expect(model.duration).toBe(7500);
  });

  it('are read where they have events instead of samples', async () => {
    expect(
      await totalsOfFile(evented(['O', 0, 1], ['O', 1, 2], ['C', 1, 5], ['C', 0, 6], ['O', 1, 8], ['C', 1, 9])),
    ).toEqual(['f a.py: 2000 of 5000', 'g : 4000 of 4000']);
  });

  it.each([
    ['a frame that is not there', sampled([[2]], [1]), 'profile.profiles[0] names a frame that the file does not have'],
    [
      'a frame that is no number',
      sampled([['x']], [1]),
      'profile.profiles[0] names a frame that the file does not have',
    ],
    ['fewer weights than samples', sampled([[0], [1]], [1]), 'profile.profiles[0] has 2 samples and 1 weights'],
    ['a negative weight', sampled([[0]], [-1]), 'profile.profiles[0].weights[0] is not a number from 0 to'],
    ['a sample that is no array', sampled([7], [1]), 'profile.profiles[0].samples[0] is not an array of at most'],
    ['a stack without end', sampled([new Array(MAX_STACK_DEPTH + 1).fill(0)], [1]), 'is not an array of at most 16384'],
    ['a weight beyond all time', sampled([[0]], [1e13]), 'has a time or a weight that is too large'],
    ['a frame without a name', speedscope({ type: 'sampled' }, [{}]), 'profile.shared.frames[0].name is not a string'],
    ['a name without end', speedscope({}, [{ name: 'x'.repeat(MAX_STRING_LENGTH + 1) }]), 'is not at most 131072'],
    [
      'events that cross',
      evented(['O', 0, 1], ['O', 1, 2], ['C', 0, 3]),
      'closes a frame that is not the innermost one',
    ],
    ['events that run backwards', evented(['O', 0, 2], ['C', 0, 1]), 'events[1].at is not a number from 2'],
    ['no samples', sampled([], []), 'The file has no samples'],
    ['no profiles', { ...speedscope({}), profiles: [] }, 'The file has no samples'],
    ['too many profiles', { ...speedscope({}), profiles: new Array(4097).fill(0) }, 'is not at most 4096 long'],
  ])('are refused with %s', async (_what, file, message) => {
    const refusal = await refusalOf(file);
    expect(refusal).toContain('bad-trace: ');
    expect(refusal).toContain(message);
  });
});

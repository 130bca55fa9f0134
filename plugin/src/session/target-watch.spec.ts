import { describe, expect, test, vi } from 'vitest';
import { ProfilerError } from '#trace/contract/errors.ts';
import { scriptedTarget } from '../../test/scripted-source.ts';
import { TargetWatch } from './target-watch.ts';

/** A watch over whichever pid is set; pids of this test that no process has differ only in their number. */
const watchOver = (describeTarget = vi.fn(scriptedTarget)) => {
  const target = { pid: 4_194_302, description: 'the target', followsRestarts: false, locate: () => target.pid };
  return { target, describeTarget, watch: new TargetWatch(target, describeTarget) };
};

describe('TargetWatch', () => {
  test('describes a process once, and the next one when it takes its place', () => {
    const { target, describeTarget, watch } = watchOver();
    const first = target.pid;
    expect([watch.look().target?.pid, watch.look().target?.pid]).toEqual([first, first]);
    target.pid = first + 1;
    expect(watch.look().target?.pid).toBe(first + 1);
    expect(describeTarget).toHaveBeenCalledTimes(2);
  });

  test('tells why there is nobody, and finds the one who comes', () => {
    const { target, watch } = watchOver();
    const locate = vi.spyOn(target, 'locate').mockImplementation(() => {
      throw new ProfilerError('not-a-master', 'No master runs there');
    });
    expect(watch.look()).toEqual({ problem: { code: 'not-a-master', message: 'No master runs there' } });
    locate.mockRestore();
    expect(watch.look().target?.pid).toBe(target.pid);
  });

  test('tries again after a while where a process could not be described', () => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(0);
    const { describeTarget, watch } = watchOver(
      vi.fn<typeof scriptedTarget>().mockImplementationOnce(() => {
        throw new ProfilerError('no-permission', 'It may not be read');
      }),
    );
    describeTarget.mockImplementation(scriptedTarget);
    expect([watch.look().problem?.code, watch.look().problem?.code]).toEqual(['no-permission', 'no-permission']);
    expect(describeTarget).toHaveBeenCalledTimes(1);
    clock.mockReturnValue(60_000);
    expect(watch.look().problem).toBeUndefined();
  });

  test('makes a problem of what nobody foresaw, and ends no server with it', () => {
    const { watch } = watchOver(
      vi.fn(() => {
        throw new RangeError('out of range');
      }),
    );
    expect(watch.look().problem).toMatchObject({
      code: 'target-unreadable',
      message: expect.stringContaining('out of range') as unknown,
    });
  });
});

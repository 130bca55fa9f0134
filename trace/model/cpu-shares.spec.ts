import { describe, expect, it } from 'vitest';
import { microseconds } from '../contract/units.ts';
import { CpuShares } from './cpu-shares.ts';

const PERIOD = microseconds(10_000);
const sharesOfOneThread = (): CpuShares => {
  const shares = new CpuShares();
  shares.reserve(1);
  shares.addThread();
  return shares;
};

describe('CPU time', () => {
  it("is shared equally by a chunk's running ticks, also when it is more than a period each", () => {
    const shares = sharesOfOneThread();
    expect(shares.share(0, microseconds(300_000), 25, PERIOD)).toBe(12_000);
    expect(shares.unattributed.values[0]).toBe(0);
  });

  it('is kept while no tick catches the thread running, and goes to later ticks up to a period each', () => {
    const shares = sharesOfOneThread();
    for (let chunk = 0; chunk < 6; chunk++) {
      expect(shares.share(0, microseconds(2_500), 0, PERIOD)).toBe(0);
    }
    expect(shares.unattributed.values[0]).toBe(15_000);
    expect(shares.share(0, microseconds(2_500), 1, PERIOD)).toBe(10_000);
    expect(shares.share(0, microseconds(2_500), 2, PERIOD)).toBe(5_000);
    expect(shares.unattributed.values[0]).toBe(0);
  });

  it('is not thrown into a busy chunk that has its own', () => {
    const shares = sharesOfOneThread();
    shares.share(0, microseconds(4_000), 0, PERIOD);
    expect(shares.share(0, microseconds(500_000), 50, PERIOD)).toBe(10_000);
    expect(shares.unattributed.values[0]).toBe(4_000);
  });

  it('follows the functions that used it, in a thread that uses so little that most chunks miss it', () => {
    // One 2 ms burst of `a` and one 1 ms burst of `b` in each chunk of 500 ms: a tick catches `a` in every fifth chunk, `b` in
    // every tenth.
    const shares = sharesOfOneThread();
    const used = { a: 0, b: 0 };
    for (let chunk = 0; chunk < 1000; chunk++) {
      const caught = chunk % 10 === 9 ? 'b' : chunk % 5 === 2 ? 'a' : undefined;
      const perTick = shares.share(0, microseconds(3_000), caught === undefined ? 0 : 1, PERIOD);
      if (caught !== undefined) {
        used[caught] += perTick;
      }
    }
    expect(used.a / (used.a + used.b)).toBeCloseTo(2 / 3, 2);
    expect((used.a + used.b) / 3_000_000).toBeGreaterThan(0.95);
  });
});

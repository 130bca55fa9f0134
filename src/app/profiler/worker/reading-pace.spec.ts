import { describe, expect, it } from 'vitest';
import { FIRST_LOOK_MS, LAST_LOOK_SHARE, LOOK_GROWTH, READING_MS, ReadingPace } from './reading-pace.ts';

describe('the pace of reading', () => {
  it('lets others work after each short time', () => {
    let now = 1000;
    const pace = new ReadingPace(() => now);
    const pauses: number[] = [];
    for (; now < 1000 + 4 * READING_MS; now += 10) if (pace.isPauseDue()) pauses.push(now - 1000);
    expect(pauses).toEqual([READING_MS, 2 * READING_MS, 3 * READING_MS]);
  });

  it('looks soon for the first time, then more and more seldom', () => {
    let now = 1000;
    const pace = new ReadingPace(() => now);
    const looks: number[] = [];
    for (; now < 1000 + 30 * FIRST_LOOK_MS; now += 10) if (pace.isLookDue(undefined)) looks.push(now - 1000);
    expect(looks).toEqual([
      FIRST_LOOK_MS,
      FIRST_LOOK_MS * LOOK_GROWTH,
      FIRST_LOOK_MS * LOOK_GROWTH ** 2,
      FIRST_LOOK_MS * LOOK_GROWTH ** 3,
    ]);
  });

  it('looks no more once a good part of the file has come', () => {
    let now = 0;
    const pace = new ReadingPace(() => now);
    now += FIRST_LOOK_MS;
    expect(pace.isLookDue(LAST_LOOK_SHARE)).toBe(true);
    now += FIRST_LOOK_MS * LOOK_GROWTH ** 2;
    expect(pace.isLookDue(LAST_LOOK_SHARE + 0.01)).toBe(false);
    expect(pace.isLookDue(LAST_LOOK_SHARE)).toBe(true);
  });
});

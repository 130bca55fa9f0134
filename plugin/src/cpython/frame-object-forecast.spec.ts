import { describe, expect, it } from 'vitest';
import { remoteAddress } from '../memory/remote-address.ts';
import { FrameObjectForecast, MAX_EXPECTED_FRAMES, MAX_REMEMBERED_FRAMES } from './frame-object-forecast.ts';

const addressOf = (index: number) => remoteAddress(0x7f00_0000_0000 + index * 512);

describe('what is expected of frame objects', () => {
  it('is no more than the most frames', () => {
    const forecast = new FrameObjectForecast(24, 96);
    for (let index = 0; index < MAX_EXPECTED_FRAMES; index++) expect(forecast.add(addressOf(index))).toBe(true);
    expect(forecast.add(addressOf(MAX_EXPECTED_FRAMES))).toBe(false);
    expect(forecast.find(addressOf(MAX_EXPECTED_FRAMES - 1))).toBe(MAX_EXPECTED_FRAMES - 1);
  });

  it('includes which frames have several callers, of no more than the most, and then begins anew', () => {
    const forecast = new FrameObjectForecast(24, 96);
    const hasSeveralCallers = (index: number): boolean => {
      forecast.forgetAll();
      forecast.add(addressOf(index));
      return forecast.hasSeveralCallers[0] === 1;
    };
    for (let index = 0; index < MAX_REMEMBERED_FRAMES; index++) {
      forecast.forgetAll();
      forecast.add(addressOf(index));
      forecast.setSeveralCallers(0);
    }
    expect(hasSeveralCallers(0)).toBe(true);
    expect(hasSeveralCallers(MAX_REMEMBERED_FRAMES)).toBe(false);
    forecast.setSeveralCallers(0);
    expect(hasSeveralCallers(0)).toBe(false);
    expect(hasSeveralCallers(MAX_REMEMBERED_FRAMES)).toBe(true);
  });

  it('holds who called whom when some frames are forgotten', () => {
    const forecast = new FrameObjectForecast(24, 96);
    for (let index = 0; index < 4; index++) forecast.add(addressOf(index));
    forecast.setCaller(3, 2);
    // Frame 0 is on no stack any more.
    for (let attempt = 0; attempt < 200; attempt++) {
      forecast.plan();
      for (let number = forecast.count - 1; number >= forecast.count - 3; number--) forecast.setDepth(number, number);
    }
    expect([0, 1, 2, 3].map((index) => forecast.find(addressOf(index)))).toEqual([-1, 0, 1, 2]);
    expect([...forecast.callers.subarray(0, 3)]).toEqual([-1, -1, 1]);
    expect(forecast.hasSeveralCallers[2]).toBe(0);
  });
});

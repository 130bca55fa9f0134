import { describe, expect, it } from 'vitest';
import { parseFullCollection } from './garbage-trace.ts';

const FULL =
  '[21519:0x7f9904001000]      693 ms: Incremental Mark-Compact 12.5 (16.2) -> 10.5 (16.2) MB, pooled: 0.0 MB, 1.84 / 0.00 ms (+ 0.5 ms in 1 steps since start of marking, biggest step 0.5 ms, walltime since start of marking 26 ms) (average mu = 0.997, current mu = 0.997) finalize incremental marking via stack guard; GC in old space requested';
const YOUNG =
  '[21519:0x1d10e000]      145 ms: Scavenge 11.5 (13.7) -> 10.1 (14.0) MB, pooled: 0.0 MB, 0.82 / 0.00 ms (average mu = 1.000, current mu = 1.000) allocation failure; ';

describe('the trace of the garbage collector', () => {
  it('tells what was in use after a full collection, of which heap and when', () => {
    expect(parseFullCollection(FULL)).toEqual({
      heap: '0x7f9904001000',
      seconds: 0.693,
      usedBytes: 10.5 * 1024 * 1024,
    });
  });

  it('says nothing of old objects where only young ones were collected', () => {
    expect(parseFullCollection(YOUNG)).toBeUndefined();
    expect(parseFullCollection('slow.bbprof: 12.0 s, 1200 ticks')).toBeUndefined();
  });
});

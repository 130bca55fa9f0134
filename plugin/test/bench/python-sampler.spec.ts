import { describe, expect, it } from 'vitest';
import { parseStack, parseSummary } from './python-sampler.ts';

const OUTPUT = `sampling
Captured 140537 samples in 1.00 seconds
Sample rate: 140536.79 samples/sec
Error rate: 11.05
Warning: missed 859464 samples from the expected total of 1000001 (85.95%)
Collapsed stack output written to stacks
`;

describe('what profiling.sampling prints', () => {
  it('is, of each stack, the functions from the outermost in and how often it was seen', () => {
    const stack = 'tid:30202;oracle.py:<module>:50;oracle:b:b000:2;oracle:b:b001:-1 7291';
    expect(parseStack(stack)).toEqual({ names: ['<module>', 'b000', 'b001'], count: 7291 });
  });

  it('has frames that are no functions, which are left out', () => {
    const stack = 'tid:14322;oracle.py:<module>:24;oracle:a:a000:2;<GC> 3';
    expect(parseStack(stack)).toEqual({ names: ['<module>', 'a000'], count: 3 });
  });

  it('tells at the end how often it looked, how long, and its errors', () => {
    expect(parseSummary(OUTPUT)).toEqual({ ticks: 140_537, seconds: 1, errorShare: 0.1105 });
    expect(() => parseSummary('Failed to attach')).toThrow('Failed to attach');
  });
});

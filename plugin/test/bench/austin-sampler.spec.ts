import { describe, expect, it } from 'vitest';
import { parseSample, parseStatistics } from './austin-sampler.ts';

const STATISTICS = `\u{1f40d} \u001b[1mPython\u001b[0m version: \u001b[33;1m3.13.5\u001b[0m
Sampling for 1 second

\u001b[1mStatistics\u001b[0m
\u231b Sampling duration : \u001b[1m1.00 s\u001b[0m
\u23f1  Frame sampling (min/avg/max) : \u001b[1m17/25/243 \u03bcs\u001b[0m
\u{1f422} Long sampling rate : \u001b[1m0/1742\u001b[0m (\u001b[1m0.00 %\u001b[0m) samples took longer than the sampling interval to collect
\u{1f480} Error rate : \u001b[1m71/1742\u001b[0m (\u001b[1m4.07 %\u001b[0m) invalid samples
`;

describe('what austin prints', () => {
  it('is, of each sample, the thread and the functions from the outermost in', () => {
    const sample = 'P30194;T0:30196;<string>:cd:5;oracle:d:d000:2;oracle:c:c001:4 48';
    expect(parseSample(sample)).toEqual({ thread: '30196', names: ['cd', 'd000', 'c001'] });
    const file = 'P30194;T0:30194;/home/me/my folder/oracle.py:<module>:48 1348';
    expect(parseSample(file)).toEqual({ thread: '30194', names: ['<module>'] });
  });

  it('is no sample where it is a comment or an empty line', () => {
    for (const line of ['# austin: 3.7.0', '', '# duration: 1000609']) expect(parseSample(line)).toBeUndefined();
  });

  it('tells at the end how long it sampled, and its errors', () => {
    expect(parseStatistics(STATISTICS)).toEqual({ seconds: 1, errorShare: 71 / 1742 });
    expect(() => parseStatistics('austin: no such process')).toThrow('no such process');
  });
});

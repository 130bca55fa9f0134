import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLine, readTraceLines } from '../contract/codec.ts';
import { collectLines, fileOf, joinParts } from '../testing/read-bytes.ts';
import { refusalOf, toBytes } from '../testing/read-file.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { formatTrace } from './convert-trace.ts';
import { readTraceFile } from './read-trace-file.ts';

const DRAWN = modelFromText(`
  main cpu=9ms
    2 running+gil f@a.py:1 > g@b.py:2
    1 idle        poll
  b
    3 waiting     h`);

describe('a file of any format', () => {
  it('is read or refused in words, wherever a byte of it is changed or it ends', async () => {
    const files = (['speedscope', 'pprof', 'firefox', 'cpuprofile', 'collapsed'] as const).map((format) =>
      joinParts(formatTrace(DRAWN, format, { weight: 'wall' })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.nat(),
        fc.nat(255),
        fc.boolean(),
        async (file, at, byte, isCut) => {
          const position = at % file.length;
          const damaged = isCut ? file.slice(0, position) : file.slice();
          if (!isCut) {
            damaged[position] = byte;
          }
          expect(await refusalOf(damaged)).toMatch(/^(bad-trace: |unsupported-trace: |was read)/);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('makes a trace that our own format holds', async () => {
    const file = joinParts(formatTrace(DRAWN, 'firefox', { weight: 'wall' }));
    const shortest = { name: 'f', type: 'sampled', unit: 'nanoseconds', samples: [[0]], weights: [1] };
    const longest = { ...shortest, unit: 'seconds', samples: [[0], [0, 0]], weights: [3, 9e8] };
    const frames = [{ name: 'f' }];
    for (const content of [
      file,
      'f 7\n',
      { shared: { frames }, profiles: [shortest] },
      { shared: { frames }, profiles: [longest] },
    ]) {
      const lines = await collectLines(readTraceFile(fileOf(toBytes(content))));
      const text = lines.map((line) => `${encodeLine(line)}\n`).join('');
      expect(await collectLines(readTraceLines(fileOf(toBytes(text))))).toEqual(lines);
    }
  });
});

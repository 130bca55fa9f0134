import { describe, expect, it } from 'vitest';
import { nameConvertedFile } from './converted-file-name.ts';

describe('the name of a converted file', () => {
  it.each([
    ['slow.bbprof.gz', 'speedscope', false, 'slow.speedscope.json'],
    ['slow.bbprof', 'bbprof', true, 'slow.redacted.bbprof.gz'],
    ['prof_2017.json.gz', 'pprof', false, 'prof_2017.pb.gz'],
    ['slow.firefox.json', 'cpuprofile', true, 'slow.redacted.cpuprofile'],
    ['night.2', 'collapsed', false, 'night.2.collapsed.txt'],
  ] as const)('is of %s as %s (redacted: %s) %s', (original, format, isRedacted, name) => {
    expect(nameConvertedFile(original, { format, isRedacted })).toBe(name);
  });
});

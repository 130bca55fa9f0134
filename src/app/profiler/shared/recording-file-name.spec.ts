import { describe, expect, it } from 'vitest';
import { nameRecordingFile } from './recording-file-name.ts';

const nameFor = (name: string) => nameRecordingFile({ id: 'file-1', name }, 'bbprof.gz');

describe('the file of a recording', () => {
  it('is called as the recording is', () => {
    expect(nameFor('night-build_2.1')).toBe('bbprofiler-night-build_2.1.bbprof.gz');
  });

  it('has its id for a name where there is none, or none that every disk takes', () => {
    for (const name of ['', 'before the move', '../etc', 'a/b', '.hidden', 'Nacht über']) {
      expect(nameFor(name)).toBe('bbprofiler-file-1.bbprof.gz');
    }
  });

  it('has one prefix and one suffix, also where the recording is called as a file', () => {
    expect(nameFor('bbprofiler-night.bbprof.gz')).toBe('bbprofiler-night.bbprof.gz');
    expect(nameFor('night.bbprof')).toBe('bbprofiler-night.bbprof.gz');
    expect(nameFor('original-prof.json.gz')).toBe('bbprofiler-original-prof.bbprof.gz');
  });
});

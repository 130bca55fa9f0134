import { describe, expect, it } from 'vitest';
import { MAX_MAPPINGS, parseProcessMaps } from './process-maps.ts';

describe('the list of mappings', () => {
  it('gives files with where and what part of them is mapped', () => {
    const [mapping] = parseProcessMaps(
      '7f0000001000-7f0000003000 r-xp 00002000 fd:01 42                         /usr/lib/lib with space.so\n',
    );
    expect(mapping).toEqual({
      start: 0x7f0000001000,
      end: 0x7f0000003000,
      fileOffset: 0x2000,
      path: '/usr/lib/lib with space.so',
      isDeleted: false,
    });
  });

  it('tells files that were deleted since', () => {
    const [mapping] = parseProcessMaps('400000-401000 r--p 00000000 fd:01 7 /usr/bin/python3.11 (deleted)');
    expect(mapping).toMatchObject({ path: '/usr/bin/python3.11', isDeleted: true });
  });

  it('leaves out anonymous memory and what it does not understand', () => {
    const text = ['400000-401000 rw-p 00000000 00:00 0', '500000-501000 rw-p 0 00:00 0 [heap]', 'nonsense', ''].join(
      '\n',
    );
    expect(parseProcessMaps(text)).toEqual([]);
  });

  it('is read up to as many lines as a process can have mappings', () => {
    const last = '400000-401000 r--p 00000000 fd:01 7 /usr/bin/python3.11';
    expect(parseProcessMaps('\n'.repeat(MAX_MAPPINGS - 1) + last)).toHaveLength(1);
    expect(parseProcessMaps('\n'.repeat(MAX_MAPPINGS) + last)).toHaveLength(0);
  });
});

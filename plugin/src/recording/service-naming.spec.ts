import { describe, expect, test } from 'vitest';
import { filesOfService } from './service-naming.ts';

const START = new Date('2026-11-25T03:04:05.006Z');

describe('the files of the service', () => {
  test('are named by basepath and ISO time, and found again by their name', () => {
    const { folder, naming } = filesOfService('/srv/master/prof_');
    expect(folder).toBe('/srv/master');
    const id = naming.generateId(START);
    expect(id).toBe('20261125-030405-006');
    expect(naming.toName(id)).toBe('prof_2026-11-25T03:04:05.006Z');
    expect(naming.toId('prof_2026-11-25T03:04:05.006Z')).toBe(id);
  });

  test('may lie in a folder of their own, under the time alone', () => {
    const { folder, naming } = filesOfService('/srv/profiles/');
    expect([folder, naming.toName(naming.generateId(START))]).toEqual(['/srv/profiles', '2026-11-25T03:04:05.006Z']);
  });

  test('may have a prefix that means something in a replacement', () => {
    const { naming } = filesOfService('/srv/a$1$&_');
    expect(naming.toName(naming.generateId(START))).toBe('a$1$&_2026-11-25T03:04:05.006Z');
  });

  test.each([
    'other_2026-11-25T03:04:05.006Z',
    'prof_2026-11-25T03:04:05Z',
    'prof_2026-11-25T03:04:05.006Z.json',
    'prof_',
  ])('are not %s', (name) => {
    expect(filesOfService('/srv/master/prof_').naming.toId(name)).toBeUndefined();
  });

  test.each(['20261125-030405-0123abcd', '../../etc/passwd', '20261125-030405-006/..', ''])(
    'have no id of the form %j',
    (id) => {
      expect(filesOfService('/srv/master/prof_').naming.isId(id)).toBe(false);
    },
  );
});

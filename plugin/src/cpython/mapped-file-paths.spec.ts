import { describe, expect, it } from 'vitest';
import { remoteAddress } from '../memory/remote-address.ts';
import { mappedFilePaths } from './mapped-file-paths.ts';

const MAP_FILES = '/proc/7/map_files/7f0000000000-7f0000001000';

const pathsOf = (path: string, { root = '/', executable = '/usr/bin/python3', isDeleted = false } = {}): string[] => {
  const mapping = { start: remoteAddress(0x7f00_0000_0000), end: remoteAddress(0x7f00_0000_1000) };
  return mappedFilePaths(7, root, executable, { path, isDeleted, mapping });
};

describe('mappedFilePaths', () => {
  it('leads through the root of the target, as in a container', () => {
    expect(pathsOf('/usr/lib/libpython3.so')).toEqual(['/proc/7/root/usr/lib/libpython3.so', MAP_FILES]);
  });

  it('does not count the folder of a chroot twice', () => {
    expect(pathsOf('/srv/jail/usr/lib/libpython3.so', { root: '/srv/jail' })[0]).toBe(
      '/proc/7/root/usr/lib/libpython3.so',
    );
    expect(pathsOf('/srv/jailer/libpython3.so', { root: '/srv/jail' })[0]).toBe(
      '/proc/7/root/srv/jailer/libpython3.so',
    );
  });

  it('prefers the link to the executable, and has no path to a file that is gone', () => {
    expect(pathsOf('/usr/bin/python3', { isDeleted: true })).toEqual(['/proc/7/exe', MAP_FILES]);
  });
});

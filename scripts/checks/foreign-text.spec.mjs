import { describe, expect, it } from 'vitest';
import { foreignText } from './foreign-text.mjs';

// Put together here, so that the check finds nothing in this file.
const HOST = ['registry', 'example', 'org'].join('.');
const INDEX = ['pypi', 'org'].join('.');
const PATH_OF_ROOT = ['', 'root', 'project', 'x.py'].join('/');

describe('text that ties the repository to one machine', () => {
  it.each([
    [`"resolved": "https://${HOST}/x"`, 'f:1 names a package registry'],
    [`pip install --index-url https://${INDEX}/simple`, 'f:1 names a package registry'],
    [`open("${PATH_OF_ROOT}")`, 'f:1 names a path of one machine'],
    [`first\n${PATH_OF_ROOT}`, 'f:2 names a path of one machine'],
  ])('is found in %j', (text, problem) => {
    expect(foreignText('f', text)).toEqual([problem]);
  });

  it.each(['layouts/registry.ts', 'src/work/x', '/proc/self/root/etc', 'a root/work split', '~/work/x'])(
    'is not found in %j',
    (text) => {
      expect(foreignText('f', text)).toEqual([]);
    },
  );
});

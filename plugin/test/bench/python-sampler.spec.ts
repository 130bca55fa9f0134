import { expect, it } from 'vitest';
import { chainOf } from './python-sampler.ts';

it('reads function names out of the stacks of profiling.sampling, from the module on', () => {
  const stack = 'tid:14322;oracle.py:<module>:24;oracle.py:a:a000:2;oracle.py:a:a001:-1;<GC>';
  expect(chainOf(stack)).toEqual(['<module>', 'a000', 'a001', '<GC>']);
});

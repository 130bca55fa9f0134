import { expect, it } from 'vitest';
import { isPossibleChain } from './call-chain.ts';

it.each([
  ['the main thread between two chains', '<module>'],
  ['one of its chains', '<module> b000 b001 b002'],
  ['functions with two callers, every second one', '<module> a000 s001 a002'],
  ['another thread between its chains', 'cd'],
  ['one of the other thread’s chains', 'gh h000 h001'],
])('a stack can be %s', (_, stack) => {
  expect(isPossibleChain(stack.split(' '))).toBe(true);
});

it.each([
  ['nothing', ''],
  ['without its outermost function', 'a000 a001'],
  ['of both chains', '<module> a000 b001'],
  ['without a level', '<module> a000 a002'],
  ['with a level twice', '<module> a000 a000'],
  ['with a shared function on a level that has none', '<module> s000'],
  ['with the chain of another thread', '<module> c000'],
  ['with the chain of the main thread', 'cd a000'],
  ['of what is no chain', '<module> report'],
])('a stack cannot be %s', (_, stack) => {
  expect(isPossibleChain(stack === '' ? [] : stack.split(' '))).toBe(false);
});

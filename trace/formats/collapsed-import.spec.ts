import { describe, expect, it } from 'vitest';
import { MAX_STACK_DEPTH } from '../contract/trace-limits.ts';
import { loadFile, refusalOf, totalsOfFile } from '../testing/read-file.ts';

describe('collapsed stacks', () => {
  it('are read of other programs: without places, with counts, with fractions and line ends of Windows', async () => {
    expect(await totalsOfFile('main;work 3\r\nmain 1\n\nmain;work;deep 1.5\n')).toEqual([
      'deep : 2 of 2',
      'main : 1 of 6',
      'work : 3 of 5',
    ]);
  });

  it('have threads in front only where nothing in front has a place', async () => {
    expect((await loadFile('run (a.py:1);f (a.py:2) 3\n')).threads.map(({ name }) => name)).toEqual(['all threads']);
    expect((await loadFile('T1;f (a.py:2) 3\nT2;g (a.py) 3\n')).threads.map(({ name }) => name)).toEqual(['T1', 'T2']);
  });

  it.each([
    ['a line without a number', 'f 1\nf;g\n', 'Line 2 is not a stack and a number'],
    ['a negative number', 'f 1\nf -3\n', 'Line 2 is not a stack and a number'],
    ['a stack without end', `${'f;'.repeat(MAX_STACK_DEPTH + 2)}f 1\n`, 'Line 1 is deeper than 16384 frames'],
    ['more than there is time', `f 999999999999999\nf 999999999999999\n`, 'too large'],
    ['only weights of nothing', 'f 0\n', 'The file has no samples'],
  ])('are judged with %s', async (_what, text, message) => {
    expect(await refusalOf(text)).toContain(message);
  });

  it('take no more time where a name is made to take it', async () => {
    const name = ' ('.repeat(60_000);
    expect(await refusalOf(`a;${name}) 1\nb;${name}x 1\n`)).toBe('was read');
  });
});

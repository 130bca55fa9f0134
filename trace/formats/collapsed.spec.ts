import { describe, expect, it } from 'vitest';
import { computeCallTree } from '../analysis/call-tree.ts';
import { microseconds, threadIndex } from '../contract/units.ts';
import { modelFromText, modelOf, traceFromText } from '../testing/trace-from-text.ts';
import { formatCollapsed, formatCollapsedLines } from './collapsed.ts';

const DRAWING = `
  main cpu=18.0006ms
    2 running+gil  run@main.py:3 > work@main.py:12
    1 running      run@main.py:3 > work@main.py:9
    2 idle         run@main.py:3 > poll@select.py
    1 waiting      run@main.py:3
  alpha
    4 waiting      loop@pool.py:1
    2 waiting
`;

describe('collapsed stacks', () => {
  it('are a line per stack: thread, frames from the outermost with file and line, microseconds', () => {
    expect(formatCollapsed(modelFromText(DRAWING), { weight: 'wall' })).toBe(
      [
        'alpha;(no stack) 20000',
        'alpha;loop (pool.py:1) 40000',
        'main;run (main.py:3) 10000',
        'main;run (main.py:3);work (main.py:12) 20000',
        'main;run (main.py:3);work (main.py:9) 10000',
        '',
      ].join('\n'),
    );
  });

  it('are weighed as selected, rounded, and without lines of no weight', () => {
    expect(formatCollapsed(modelFromText(DRAWING), { weight: 'cpu' })).toBe(
      'main;run (main.py:3);work (main.py:12) 12000\nmain;run (main.py:3);work (main.py:9) 6000\n',
    );
    expect(formatCollapsed(modelFromText(DRAWING), { weight: 'gil' })).toBe(
      'main;run (main.py:3);work (main.py:12) 20000\n',
    );
  });

  it('are of the selected range and threads', () => {
    const model = modelFromText(DRAWING);
    const range = { start: microseconds(10_000), end: microseconds(30_000) };
    expect(formatCollapsed(model, { weight: 'wall', range, threads: [threadIndex(0)] })).toBe(
      'main;run (main.py:3);work (main.py:12) 10000\nmain;run (main.py:3);work (main.py:9) 10000\n',
    );
  });

  it('have no thread in front where threads are merged', () => {
    const drawing = 'a\n  1 running run\nb\n  1 running run';
    expect(formatCollapsed(modelFromText(drawing), { weight: 'wall', mergeThreads: true })).toBe(
      'run (app.py) 20000\n',
    );
  });

  it('have no separators and no line breaks inside a name', () => {
    const lines = traceFromText('main\n  1 running work@file.py:1');
    const chunk = lines[1] as Extract<(typeof lines)[number], { kind: 'chunk' }>;
    const named = {
      ...chunk,
      strings: ['a;b\nc\u0000', 'd\r\n;e\u2028.py'],
      threads: [{ ...chunk.threads[0]!, name: 'x;y\tz' }],
    };
    expect(formatCollapsed(modelOf([lines[0]!, named]), { weight: 'wall' })).toBe('x:y z;a:b c  (d :e .py:1) 10000\n');
  });

  it('are in the same order whatever the order in which stacks were met', () => {
    const there = modelFromText('main\n  1 running b > y\n  1 running a\n  1 running b > x');
    const back = modelFromText('main\n  1 running b > x\n  1 running b > y\n  1 running a');
    expect(formatCollapsed(there, { weight: 'wall' })).toBe(formatCollapsed(back, { weight: 'wall' }));
  });

  it('add up to the call tree', () => {
    const model = modelFromText(DRAWING);
    for (const weight of ['wall', 'gil'] as const) {
      const sum = Array.from(formatCollapsedLines(model, { weight }), (line) => Number(line.split(' ').at(-1)));
      expect(sum.reduce((total, value) => total + value, 0)).toBe(computeCallTree(model, { weight }).total[0]);
    }
  });

  it('are nothing where nothing has a weight', () => {
    expect(formatCollapsed(modelFromText('main\n  1 idle poll'), { weight: 'wall' })).toBe('');
  });
});

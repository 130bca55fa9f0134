import { describe, expect, it } from 'vitest';
import { formatTree } from '../testing/format-tree.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeFlameTree } from './flame-tree.ts';
import { findFunction } from './function-identity.ts';
import { computeInvertedTree } from './inverted-tree.ts';
import type { Selection } from './selection.ts';

const DRAWING = `
  main
    2 running  run > split > strip
    1 running  run > load > strip
    3 running  run > load
    1 waiting
  pool
    4 running  work > strip
    3 idle     work > wait`;

const treeOf = (drawing: string, selection: Partial<Selection> = {}, minShare = 0): string[] => {
  const model = modelFromText(drawing);
  return formatTree(model, computeInvertedTree(model, { weight: 'wall', ...selection }, minShare));
};

const focusOn = (drawing: string, name: string): string[] => {
  const focus = findFunction(modelFromText(drawing), { name, file: 'app.py', firstLine: 0 });
  return treeOf(drawing, { focus });
};

describe('a call tree from its leaves', () => {
  it('has the functions in which the time went, and below each who called it', () => {
    expect(treeOf(DRAWING)).toEqual([
      'all 110',
      '  main 70 self 10',
      '    load 30',
      '      run 30 self 30',
      '    strip 30',
      '      load 10',
      '        run 10 self 10',
      '      split 20',
      '        run 20 self 20',
      '  pool 40',
      '    strip 40',
      '      work 40 self 40',
    ]);
  });

  it('brings all threads together where that is asked for', () => {
    expect(treeOf(DRAWING, { mergeThreads: true })).toEqual([
      'all 110 self 10',
      '  load 30',
      '    run 30 self 30',
      '  strip 70',
      '    load 10',
      '      run 10 self 10',
      '    split 20',
      '      run 20 self 20',
      '    work 40 self 40',
    ]);
  });

  it('has each frame of a function that calls itself', () => {
    expect(treeOf('main\n  2 running  walk > walk > walk\n  1 running  walk > walk').slice(2)).toEqual([
      '    walk 30',
      '      walk 30 self 10',
      '        walk 20 self 20',
    ]);
  });

  it('leaves out what is too small, with all its callers, and tells of it', () => {
    const model = modelFromText(`
      main
        90 running  run > work
        3 running   run > small
        2 running   other > tiny
        5 running   rare > work`);
    const tree = computeInvertedTree(model, { weight: 'wall' }, 0.06);
    expect(formatTree(model, tree)).toEqual(['all 1000', '  main 1000', '    work 950', '      run 900 self 900']);
    expect([...tree.leftOutCounts]).toEqual([0, 2, 1, 0]);
    expect([...tree.leftOutWeights]).toEqual([0, 50_000, 50_000, 0]);
    const [main] = computeFlameTree(model, tree, { minShare: 0.06 }).children;
    expect(main!.children.map(({ name, value }) => `${name} ${value}`)).toEqual([
      'work 950000',
      '2 smaller frames 50000',
    ]);
  });

  it('shows who calls the function in the focus, each way with all that its calls spent', () => {
    expect(focusOn(DRAWING, 'load')).toEqual(['all 40', '  load 40', '    run 40 self 40']);
    expect(focusOn('main\n  2 running  a > f > b > f > leaf\n  1 running  a > f', 'f')).toEqual([
      'all 30',
      '  f 30',
      '    a 10 self 10',
      '    b 20',
      '      f 20',
      '        a 20 self 20',
    ]);
  });

  it('is a root alone where the selection has no weight', () => {
    expect(treeOf('main\n  3 idle poll')).toEqual(['all 0']);
    expect(treeOf(DRAWING, { threads: [] })).toEqual(['all 0']);
  });
});

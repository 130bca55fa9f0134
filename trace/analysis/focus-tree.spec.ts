import { describe, expect, it } from 'vitest';
import { computeCallTree } from './call-tree.ts';
import { findFunction } from './function-identity.ts';
import { formatTree } from '../testing/format-tree.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { focusCallTree } from './focus-tree.ts';

const focus = (drawing: string, name: string): string[] => {
  const model = modelFromText(drawing);
  const index = findFunction(model, { name, file: 'app.py', firstLine: 0 });
  return formatTree(model, focusCallTree(model, computeCallTree(model, { weight: 'wall' }), index!));
};

describe('looking at one function alone', () => {
  it('brings together its calls from everywhere, with the callees by name', () => {
    const drawing = `
      main
        2 running  run > split > strip
        1 running  run > load > split > copy
        3 running  run > split
        4 running  run > other
      pool
        1 running  work > split > copy
        9 idle     work`;
    expect(focus(drawing, 'split')).toEqual([
      'all 70',
      '  split 70 self 30',
      '    copy 20 self 20',
      '    strip 20 self 20',
    ]);
  });

  it('leaves calls of itself below the outermost one', () => {
    const drawing = `
      main
        2 running  walk > visit > walk > leaf
        1 running  walk`;
    expect(focus(drawing, 'walk')).toEqual([
      'all 30',
      '  walk 30 self 10',
      '    visit 20',
      '      walk 20',
      '        leaf 20 self 20',
    ]);
  });
});

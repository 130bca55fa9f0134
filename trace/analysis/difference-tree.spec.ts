import { describe, expect, it } from 'vitest';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeComparedSide } from './compared-side.ts';
import { computeComparison } from './comparison.ts';
import { computeDifferenceTree } from './difference-tree.ts';
import type { FlameNode } from './flame-tree.ts';

const sideOf = (drawing: string) => computeComparedSide(modelFromText(drawing), { weight: 'wall' });
const BEFORE = sideOf('main\n  2 running  run > parse\n  5 running  run > store\n  3 running  run > retire > sweep');
const AFTER = sideOf('main\n  65 running  run > parse\n  25 running  run > store\n  10 running  run > notify');

const percent = (share: number): string => (share * 100).toFixed(0);
const draw = (node: FlameNode, depth = 0): string[] => [
  `${'  '.repeat(depth)}${node.name} ${percent(node.value)}: ${percent(node.changes!.total.before)} to ${percent(node.changes!.total.after)}`,
  ...node.children.flatMap((child) => draw(child, depth + 1)),
];

describe('a comparison as a flame graph', () => {
  it('has what was added and what was removed, each frame as wide as on the side where it takes more', () => {
    expect(draw(computeDifferenceTree(computeComparison(BEFORE, AFTER), 0))).toEqual([
      'all 155: 100 to 100',
      '  run 155: 100 to 100',
      '    notify 10: 0 to 10',
      '    parse 65: 20 to 65',
      '    retire 30: 30 to 0',
      '      sweep 30: 30 to 0',
      '    store 50: 50 to 25',
    ]);
  });

  it('brings together what is too small to be seen, with the shares of both sides', () => {
    expect(draw(computeDifferenceTree(computeComparison(BEFORE, AFTER), 0.25))).toEqual([
      'all 155: 100 to 100',
      '  run 155: 100 to 100',
      '    parse 65: 20 to 65',
      '    store 50: 50 to 25',
      '    2 smaller frames 40: 30 to 10',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeCallTree } from './call-tree.ts';
import { computeFlameTree, MAX_FLAME_DEPTH, type FlameNode, type FlameTreeOptions } from './flame-tree.ts';

const DRAWING = `
  main
    60 running  run > work > burn
    30 running  run > work
    4 running   run > tiny > deep > deeper
    3 running   run > small
    3 running   other
`;

const flameOf = (drawing: string, options: FlameTreeOptions): FlameNode => {
  const model = modelFromText(drawing);
  return computeFlameTree(model, computeCallTree(model, { weight: 'wall' }), options);
};

const format = (node: FlameNode, indent = ''): string[] => [
  `${indent}${node.name} ${node.value / 10_000}`,
  ...node.children.flatMap((child) => format(child, `${indent}  `)),
];

const checkSums = (node: FlameNode): void => {
  const below = node.children.reduce((sum, { value }) => sum + value, node.self);
  expect(below).toBeCloseTo(node.value, 6);
  node.children.forEach(checkSums);
};

describe('a flame tree', () => {
  it('is the whole call tree where nothing is too small', () => {
    expect(format(flameOf(DRAWING, { minShare: 0 }))).toEqual([
      'all 100',
      '  main 100',
      '    other 3',
      '    run 97',
      '      small 3',
      '      tiny 4',
      '        deep 4',
      '          deeper 4',
      '      work 90',
      '        burn 60',
    ]);
  });

  it('merges what is too small into one node per parent, and loses no weight', () => {
    const flame = flameOf(DRAWING, { minShare: 0.05 });
    expect(format(flame)).toEqual([
      'all 100',
      '  main 100',
      '    run 97',
      '      work 90',
      '        burn 60',
      '      2 smaller frames 7',
      '    1 smaller frame 3',
    ]);
    checkSums(flame);
  });

  it('merges what is deeper than can be drawn', () => {
    const flame = flameOf(DRAWING, { minShare: 0, maxDepth: 3 });
    expect(format(flame).slice(-2)).toEqual(['      work 90', '        1 smaller frame 60']);
    checkSums(flame);
  });

  it('is never deeper than MAX_FLAME_DEPTH, so that it can be turned into JSON', () => {
    const stack = Array.from({ length: 5000 }, (_, depth) => `f${depth}`).join(' > ');
    const flame = flameOf(`main\n  1 running ${stack}`, { minShare: 0, maxDepth: 100_000 });
    let depth = 0;
    for (let node: FlameNode | undefined = flame; node !== undefined; node = node.children[0]) {
      depth++;
    }
    expect(depth).toBe(MAX_FLAME_DEPTH + 2);
    expect(JSON.stringify(flame)).toContain('"1 smaller frame"');
  });

  it('says of each node what it is', () => {
    const flame = flameOf('main\n  9 running run@a/b.py\n  1 running small', { minShare: 0.2 });
    expect(flame.kind).toBe('root');
    const thread = flame.children[0]!;
    expect(thread).toMatchObject({ kind: 'thread', thread: 0, name: 'main' });
    expect(thread.children).toMatchObject([
      { kind: 'function', functionIndex: 0, identity: { name: 'run', file: 'a/b.py', firstLine: 0 }, self: 90_000 },
      { kind: 'smaller', mergedCount: 1, value: 10_000 },
    ]);
  });

  it('is a root alone where the selection has no weight', () => {
    expect(format(flameOf('main\n  3 idle poll', { minShare: 0.01 }))).toEqual(['all 0']);
  });
});

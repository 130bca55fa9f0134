import { describe, expect, it } from 'vitest';
import { MAX_STACK_DEPTH } from '../contract/trace-limits.ts';
import { formatTotals, functionTotals } from '../testing/function-totals.ts';
import { loadFile, refusalOf, totalsOfFile } from '../testing/read-file.ts';

const node = (id: number, functionName: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url: `${functionName}.js`, lineNumber: id, columnNumber: 0 },
  hitCount: 1,
  children,
});
const NODES = [node(1, '(root)', [2, 3, 5]), node(2, 'f', [4]), node(3, '(idle)'), node(4, 'g'), node(5, '')];
const cpuProfile = (samples: number[], timeDeltas: number[], nodes: object[] = NODES) => ({
  nodes,
  startTime: 1000,
  endTime: 1100,
  samples,
  timeDeltas,
});

describe('.cpuprofile files', () => {
  it('are read with each sample lasting until the next, the last one to the end', async () => {
    const model = await loadFile(cpuProfile([2, 4, 3, 5, 2], [10, 20, 20, 15, 5]));
    expect(formatTotals(functionTotals(model, { weight: 'wall' }), 0)).toEqual([
      '(anonymous) .js: 5 of 5',
      'f f.js: 50 of 70',
      'g g.js: 20 of 20',
    ]);
    expect(Array.from(model.functions.firstLines.values.subarray(0, 2))).toEqual([6, 3]);
  });

  it('are read where time runs backwards, which stands still then', async () => {
    expect(await totalsOfFile(cpuProfile([2, 4, 2], [10, 20, -5]))).toEqual(['f f.js: 90 of 90']);
  });

  it.each([
    ['a node that is not there', cpuProfile([9], [1]), 'names node 9, which the file does not have'],
    ['a child that is not there', cpuProfile([1], [1], [node(1, '(root)', [2])]), 'has a child 2, which the file'],
    ['a cycle', cpuProfile([1], [1], [node(1, 'f', [2]), node(2, 'g', [1])]), 'names node 1, which the file does not'],
    ['a node below itself', cpuProfile([1], [1], [node(1, 'f', [1])]), 'names node 1, which the file does not'],
    [
      'a node below two',
      cpuProfile([1], [1], [node(1, 'f', [3]), node(2, 'g', [3]), node(3, 'h')]),
      'is below two nodes',
    ],
    ['two nodes of one id', cpuProfile([1], [1], [node(1, 'f'), node(1, 'g')]), 'two nodes of the id 1'],
    ['more samples than times', cpuProfile([2, 2], [1]), 'has 2 samples and 1 timeDeltas'],
    ['no samples', cpuProfile([], []), 'The file has no samples'],
    ['hit counts only', { nodes: [], startTime: 0, endTime: 1, timeDeltas: [] }, 'profile.samples is not an array'],
  ])('are refused with %s', async (_what, file, message) => {
    const refusal = await refusalOf(file);
    expect(refusal).toContain('bad-trace: ');
    expect(refusal).toContain(message);
  });

  it('are read at any depth up to the limit, and refused beyond', async () => {
    const chain = (depth: number) =>
      cpuProfile(
        [depth],
        [0],
        Array.from({ length: depth }, (_, index) => node(index + 1, 'f', index + 1 < depth ? [index + 2] : [])),
      );
    expect((await loadFile(chain(MAX_STACK_DEPTH))).stacks.count).toBe(MAX_STACK_DEPTH);
    expect(await refusalOf(chain(MAX_STACK_DEPTH + 1))).toContain('deeper than 16384 frames');
  });
});

import { expect, it } from 'vitest';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { threadIndex } from '#trace/contract/units.ts';
import { layoutFlame } from './flame-layout.ts';
import { MOST_FRAMES_OF_ELEMENTS, selectMedium } from './flame-painter.ts';

const drawingOf = (frames: number, width: number) => ({
  layout: layoutFlame({
    kind: 'root',
    name: 'all',
    value: frames,
    self: 0,
    children: Array.from({ length: frames }, (_, index): FlameNode => ({
      kind: 'thread',
      name: `worker ${index}`,
      value: 1,
      self: 1,
      thread: threadIndex(index),
      children: [],
    })),
  }),
  width,
  matches: undefined,
  selected: new Set<number>(),
});

it('draws with elements at rest, and on a canvas what moves or is too much for elements', () => {
  expect(selectMedium(drawingOf(10, 1000), 'resting')).toBe('elements');
  expect(selectMedium(drawingOf(10, 1000), 'moving')).toBe('canvas');
  expect(selectMedium(drawingOf(MOST_FRAMES_OF_ELEMENTS - 1, 1000), 'resting')).toBe('elements');
  expect(selectMedium(drawingOf(MOST_FRAMES_OF_ELEMENTS, 1000), 'resting')).toBe('canvas');
});

it('counts only frames that are wide enough to be seen', () => {
  expect(selectMedium(drawingOf(MOST_FRAMES_OF_ELEMENTS, 200), 'resting')).toBe('elements');
});

import { describe, expect, it } from 'vitest';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { foldChains } from '#trace/analysis/folded-chains.ts';
import { makeFrame } from '#trace/testing/flame-nodes.ts';
import { describePath, findBox, findPath, type FlameLayout, layoutFlame, walkFrames } from './flame-layout.ts';

/**
 * all 100
 *   a 60: b 20, c 30
 *   d 40: e 40
 */
const layout = layoutFlame({
  kind: 'root',
  name: 'all',
  value: 100,
  self: 0,
  children: [makeFrame('a', 60, makeFrame('b', 20), makeFrame('c', 30)), makeFrame('d', 40, makeFrame('e', 40))],
});
const percent = (share: number) => Math.round(share * 100);
const named = (name: string) => layout.boxes.find(({ node }) => node.name === name)!;

describe('layout of a flame graph', () => {
  it('gives every frame its share of the width, with what is its own at the right', () => {
    expect(layout.rows.map((row) => row.map(({ node, x, width }) => [node.name, percent(x), percent(width)]))).toEqual([
      [['all', 0, 100]],
      [
        ['a', 0, 60],
        ['d', 60, 40],
      ],
      [
        ['b', 0, 20],
        ['c', 20, 30],
        ['e', 60, 40],
      ],
    ]);
  });

  it('finds the frame under the pointer, and none where a function has no callee', () => {
    expect(findBox(layout, 0.3, 40)?.node.name).toBe('c');
    expect(findBox(layout, 0.55, 40)).toBeUndefined();
    expect(findBox(layout, 0.5, 400)).toBeUndefined();
  });

  it('is walked with the arrow keys', () => {
    expect(walkFrames(layout, named('all'), 'ArrowDown')?.node.name).toBe('a');
    expect(walkFrames(layout, named('a'), 'ArrowDown')?.node.name).toBe('c');
    expect(walkFrames(layout, named('c'), 'ArrowRight')?.node.name).toBe('e');
    expect(walkFrames(layout, named('e'), 'ArrowUp')?.node.name).toBe('d');
    expect(walkFrames(layout, named('b'), 'ArrowLeft')).toBeUndefined();
  });

  it('finds a frame again by its path, or the nearest caller that is left', () => {
    const path = describePath(layout, named('c'));
    expect(findPath(layout, path)?.node.name).toBe('c');
    const smaller = layoutFlame({ kind: 'root', name: 'all', value: 60, self: 0, children: [makeFrame('a', 60)] });
    expect(findPath(smaller, path)?.node.name).toBe('a');
  });

  it('finds a frame again where it is in a folded chain, and from there where it stands alone', () => {
    const below = (...children: FlameNode[]): FlameNode => ({
      kind: 'root',
      name: 'all',
      value: 60,
      self: 0,
      children,
    });
    const tree = below(makeFrame('a', 60, makeFrame('b', 60, makeFrame('c', 20), makeFrame('d', 40))));
    const [alone, folded] = [layoutFlame(tree), layoutFlame(foldChains(tree, 'top-down'))];
    const move = (from: FlameLayout, to: FlameLayout, name: string) =>
      findPath(
        to,
        describePath(
          from,
          from.boxes.slice(1).find(({ node }) => node.name.startsWith(name))!,
        ),
      )?.node.name;
    expect(['a', 'b', 'c', 'd'].map((name) => move(alone, folded, name))).toEqual([
      'a › b (2 frames)',
      'a › b (2 frames)',
      'c',
      'd',
    ]);
    expect(['a', 'd'].map((name) => move(folded, alone, name))).toEqual(['b', 'd']);
    expect(move(folded, layoutFlame(below(makeFrame('a', 60, makeFrame('x', 60)))), 'd')).toBe('a');
  });

  it('survives a tree without weight', () => {
    expect(layoutFlame({ kind: 'root', name: 'all', value: 0, self: 0, children: [] }).boxes).toHaveLength(1);
  });
});

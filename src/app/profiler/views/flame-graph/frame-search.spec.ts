import { describe, expect, it } from 'vitest';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { foldChains } from '#trace/analysis/folded-chains.ts';
import { functionIndex } from '#trace/contract/units.ts';
import { layoutFlame } from './flame-layout.ts';
import { describeSearch, findFrames, searchFrames } from './frame-search.ts';

const frame = (name: string, value: number, ...children: FlameNode[]): FlameNode => ({
  kind: 'function',
  name,
  value,
  self: 0,
  functionIndex: functionIndex(0),
  identity: { name, file: `/srv/${name.toLowerCase()}.py`, firstLine: 1 },
  children,
});
const layout = layoutFlame({
  kind: 'root',
  name: 'all',
  value: 100,
  self: 0,
  children: [frame('Run', 60, frame('Split', 30, frame('run', 10))), frame('poll', 40)],
});

describe('search in the flame graph', () => {
  it('finds part of a name in any case, and counts each stack once', () => {
    const found = searchFrames(layout, ' RUN ');
    expect(found?.matches.size).toBe(2);
    expect(found?.share).toBeCloseTo(0.6);
  });

  it('finds files too', () => {
    expect(searchFrames(layout, 'srv/poll')?.share).toBeCloseTo(0.4);
  });

  it('is none without a text, and finds none where nothing matches', () => {
    expect(searchFrames(layout, '  ')).toBeUndefined();
    expect(searchFrames(layout, 'zzz')).toEqual({ matches: new Set(), count: 0, share: 0 });
  });

  it('finds the frames of a folded chain, counts them one by one, and weighs them as where they stand alone', () => {
    const chain = (name: string): FlameNode =>
      frame(name, 1000, frame(`${name}Call`, 1000, frame(`${name}Run`, 995), frame('x', 0)));
    const tree: FlameNode = { kind: 'root', name: 'all', value: 1000, self: 0, children: [chain('Main')] };
    const near: FlameNode = {
      ...tree,
      children: [frame('Outer', 1000, frame('InnerRun', 995, frame('LeafRun', 995)))],
    };
    for (const each of [tree, near]) {
      const [alone, folded] = [layoutFlame(each), layoutFlame(foldChains(each, 'top-down'))];
      for (const search of ['run', 'main', 'call', 'leaf']) {
        const [one, other] = [searchFrames(alone, search)!, searchFrames(folded, search)!];
        expect([search, other.count, other.share]).toEqual([search, one.count, one.share]);
      }
    }
    const folded = layoutFlame(foldChains(near, 'top-down'));
    expect(describeSearch(searchFrames(folded, 'run'))).toBe('2 frames, 100 % of what is shown');
    expect(searchFrames(folded, 'run')?.matches).toEqual(new Set([1]));
    expect(findFrames(folded, { name: 'InnerRun', file: '/srv/innerrun.py', firstLine: 1 })).toEqual(new Set([1]));
  });
});

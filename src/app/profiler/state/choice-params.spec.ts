import { describe, expect, it } from 'vitest';
import { FOLD_RULE_IDS } from '#trace/analysis/fold-rules.ts';
import { microseconds } from '#trace/contract/units.ts';
import { formatChoices, isSameParams, parseChoices } from './choice-params.ts';
import { type Choices, NO_CHOICES } from './choices.ts';

const parse = (params: Readonly<Record<string, string>>) => parseChoices(new URLSearchParams(params));

const FULL: Choices = {
  source: { kind: 'recording', id: '20261122-101500-ab' },
  range: { start: microseconds(1_000_000), end: microseconds(2_500_000) },
  threads: [0, 3],
  weight: 'gil',
  selected: { name: 'Log.split & <join>', file: '/srv/ä b/log.py', firstLine: 12 },
  focus: { name: 'run', file: '', firstLine: 0 },
  direction: 'bottom-up',
  mergeThreads: true,
  foldChains: true,
  folds: ['deferred', 'threads'],
  search: 'db/',
  packageGroup: 'database',
  view: 'functions',
  stallThreshold: microseconds(250_000),
  differencesAs: 'flame',
  comparedWith: {
    kind: 'trace',
    source: { kind: 'recording', id: '20261121-101500-cd' },
    range: { start: microseconds(5), end: microseconds(7) },
  },
};

describe('choices in the address', () => {
  it('come back as they were', () => {
    expect(parse(formatChoices(FULL))).toEqual(FULL);
  });

  it('are left out where nothing was chosen', () => {
    expect(formatChoices(NO_CHOICES)).toEqual({});
    expect(parse({})).toEqual(NO_CHOICES);
  });

  it('name a file opened from disk by its name only', () => {
    const choices: Choices = { ...NO_CHOICES, source: { kind: 'file', name: 'night.bbprof.gz' } };
    expect(formatChoices(choices)).toEqual({ file: 'night.bbprof.gz' });
    expect(parse({ file: 'night.bbprof.gz' })).toEqual(choices);
  });

  it.each<Choices['comparedWith']>([
    { kind: 'rest' },
    { kind: 'range', range: { start: microseconds(1), end: microseconds(2) } },
    { kind: 'trace', source: { kind: 'file', name: 'night.bbprof.gz' }, range: undefined },
  ])('say what the selection is compared with: %j', (comparedWith) => {
    const choices: Choices = { ...NO_CHOICES, comparedWith };
    expect(parse(formatChoices(choices))).toEqual(choices);
  });

  it.each([
    { range: '5-5' },
    { 'before-range': '9-1' },
    { 'before-range': 'all' },
    { before: '' },
    { range: '9-1' },
    { range: 'a-b' },
    { range: '-1-3' },
    { threads: '1.x' },
    { threads: Array.from({ length: 1100 }, (_, index) => index).join('.') },
    { weight: 'lines' },
    { function: 'onlyname' },
    { view: 'dance' },
    { package: 'gone' },
    { stall: '-5' },
    { stall: '12' },
    { tree: 'sideways' },
    { merge: '1' },
    { fold: 'everything' },
    { search: 'x'.repeat(5000) },
    { recording: '' },
  ])('ignore what makes no sense: %j', (params) => {
    expect(parse(params as unknown as Record<string, string>)).toEqual(NO_CHOICES);
  });

  it('name all rules by one word, and leave out those that are not known', () => {
    const all: Choices = { ...NO_CHOICES, folds: FOLD_RULE_IDS };
    expect(formatChoices(all)).toEqual({ fold: 'all' });
    expect(parse({ fold: 'all' })).toEqual(all);
    expect(parse({ fold: 'threads.gone.deferred' }).folds).toEqual(['deferred', 'threads']);
  });

  it('are compared by what they say', () => {
    expect(isSameParams({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true);
    expect(isSameParams({ a: '1' }, { a: '1', b: '2' })).toBe(false);
    expect(isSameParams({ a: '1' }, { b: '1' })).toBe(false);
  });
});

import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds, type Microseconds } from '#trace/contract/units.ts';
import type { HeldLoopRow, StallList } from '../../shared/analysis-messages.ts';
import { StallListComponent } from './stall-list.component.ts';

const identity = (name: string): FunctionIdentity => ({ name, file: `/srv/app/${name}.py`, firstLine: 3 });
const row = (change: Partial<HeldLoopRow> = {}): HeldLoopRow => ({
  start: microseconds(2_000_000),
  duration: microseconds(1_500_000),
  shortest: microseconds(1_490_000),
  longest: microseconds(1_510_000),
  thread: 'MainThread',
  ticks: { all: 150, running: 150, runnable: 0, waiting: 0, wantsGil: 0 },
  functions: [identity('parse'), identity('run')],
  functionShare: 0.8,
  builds: ['linux #12'],
  dispatchCount: 1,
  ...change,
});
const LIST: StallList = {
  stalls: [row(), row({ start: microseconds(500_000), duration: microseconds(120_000), builds: [] })],
  stallCount: 2,
  spells: [],
  spellCount: 0,
  distribution: [],
  hasDispatches: true,
};

const show = async (list: StallList | undefined, range?: TimeRange) => {
  const fixture = TestBed.createComponent(StallListComponent);
  const told = { ranges: [] as TimeRange[], functions: [] as FunctionIdentity[], thresholds: [] as Microseconds[] };
  fixture.componentRef.setInput('list', list);
  fixture.componentRef.setInput('threshold', microseconds(100_000));
  fixture.componentRef.setInput('range', range);
  fixture.componentInstance.rangeSelect.subscribe((value) => told.ranges.push(value));
  fixture.componentInstance.functionSelect.subscribe((value) => told.functions.push(value));
  fixture.componentInstance.thresholdChange.subscribe((value) => told.thresholds.push(value));
  await fixture.whenStable();
  const page = fixture.nativeElement as HTMLElement;
  const button = (name: string) =>
    [...page.querySelectorAll('button')].find(({ textContent }) => textContent.trim().startsWith(name))!;
  return { page, button, told, settle: () => fixture.whenStable() };
};

describe('the list of stalls', () => {
  it('shows how long each was, within what bounds, what held the loop, what the thread did and which builds ran', async () => {
    const { page } = await show(LIST);
    const first = page.querySelector('tbody tr')!;
    expect(first.textContent.replace(/\s+/g, ' ')).toMatch(
      /1\.5 s 0:02\.000 .*parse app\/parse\.py, 80 % of the time ?← ?called by run .*100 % on a CPU ?linux #12/,
    );
    expect(first.querySelector('td')!.title).toBe('Between 1.490000 s and 1.510000 s');
  });

  it('selects the time of a row, marks the row of the selected time, and moves on to its functions', async () => {
    const range = { start: microseconds(2_000_000), end: microseconds(3_500_000) };
    const { page, button, told } = await show(LIST, range);
    button('0:02.000').click();
    button('run').click();
    expect(told).toMatchObject({ ranges: [range], functions: [identity('run')] });
    expect([...page.querySelectorAll('tbody tr')].map(({ className }) => className)).toEqual(['selected', '']);
  });

  it('is ordered by length or by time', async () => {
    const { page, button, settle } = await show(LIST);
    const starts = () => [...page.querySelectorAll('tbody tr')].map((one) => one.getAttribute('data-start-us'));
    expect(starts()).toEqual(['2000000', '500000']);
    button('At').click();
    await settle();
    expect(starts()).toEqual(['500000', '2000000']);
  });

  it('asks for another threshold', async () => {
    const { page, told } = await show(LIST);
    const slider = page.querySelector('input')!;
    expect(slider.getAttribute('aria-valuetext')).toBe('100 ms');
    slider.value = '5';
    slider.dispatchEvent(new Event('input'));
    expect(told.thresholds).toEqual([500_000]);
  });

  it('has its own words for no stalls, no known event loop, and no answer yet', async () => {
    const none = await show({ ...LIST, stalls: [], stallCount: 0 });
    expect(none.page.textContent).toContain('No callback took 100 ms or longer.');
    expect((await show({ ...LIST, hasDispatches: false })).page.textContent).toContain('no event loop that is known');
    expect((await show(undefined)).page.textContent).toContain('Reading the recording.');
  });
});

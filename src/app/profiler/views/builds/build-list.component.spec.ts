import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import type { BuildSpan } from '#trace/analysis/build-spans.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import { BuildListComponent } from './build-list.component.ts';

const span = {
  id: 1,
  start: microseconds(-500_000),
  end: microseconds(2_000_000),
  isRunning: false,
  mainBusy: microseconds(1_400_000),
  mainCpu: microseconds(300_000),
  longestStall: microseconds(0),
};
const FIRST: BuildSpan = {
  ...span,
  result: 'failure',
  builder: 'linux',
  number: 12,
  worker: 'w1',
  steps: [{ ...span, id: 7, name: 'compile', start: microseconds(1_000_000), result: 'success' }],
};
const SECOND: BuildSpan = {
  ...span,
  id: 2,
  start: microseconds(100_000),
  isRunning: true,
  longestStall: microseconds(1_500_000),
  builder: 'docs',
  number: 3,
  worker: 'w2',
  steps: [],
};

const show = async (builds: readonly BuildSpan[] | undefined, range?: TimeRange) => {
  const fixture = TestBed.createComponent(BuildListComponent);
  const ranges: TimeRange[] = [];
  fixture.componentRef.setInput('builds', builds);
  fixture.componentRef.setInput('range', range);
  fixture.componentInstance.rangeSelect.subscribe((value) => ranges.push(value));
  await fixture.whenStable();
  const page = fixture.nativeElement as HTMLElement;
  const click = async (name: string) => {
    [...page.querySelectorAll('button')].find(({ textContent }) => textContent.trim().startsWith(name))!.click();
    await fixture.whenStable();
  };
  const texts = () => [...page.querySelectorAll('tbody tr')].map((row) => row.textContent.replace(/\s+/g, ' ').trim());
  return { page, click, texts, ranges };
};

describe('the list of builds', () => {
  it('tells of each its length, its result in words, and what the reactor did meanwhile', async () => {
    const { texts } = await show([FIRST, SECOND]);
    expect(texts()).toEqual([
      expect.stringMatching(/^linux #12 ▸ 1 step of linux #12 ?0:00\.000 ?2\.5 s ?failure ?1\.4 s ?300 ms ?none ?w1$/),
      expect.stringMatching(/^docs #3 ?0:00\.100 ?1\.9 s ?not over ?1\.4 s ?300 ms ?1\.5 s ?w2$/),
    ]);
  });

  it('selects the time of a build, as far as it was recorded, and of a step, and marks the selected one', async () => {
    const { page, click, ranges, texts } = await show([FIRST, SECOND], { start: microseconds(0), end: span.end });
    expect([...page.querySelectorAll('tr.selected')].map((row) => row.getAttribute('data-build'))).toEqual([
      'linux #12',
    ]);
    await click('linux #12');
    await click('▸ 1 step');
    expect(texts()[1]).toMatch(/^compile .*success/);
    await click('compile');
    expect(ranges).toEqual([
      { start: 0, end: 2_000_000 },
      { start: 1_000_000, end: 2_000_000 },
    ]);
  });

  it.each([
    ['Build', ['docs #3', 'linux #12'], 'ascending'],
    ['Longest stall', ['docs #3', 'linux #12'], 'descending'],
    ['Length', ['linux #12', 'docs #3'], 'descending'],
  ])('is ordered by %s', async (column, names, direction) => {
    const { page, click } = await show([FIRST, SECOND]);
    await click(column);
    expect([...page.querySelectorAll('tr[data-build]')].map((row) => row.getAttribute('data-build'))).toEqual(names);
    expect(page.querySelector('th[aria-sort]')!.getAttribute('aria-sort')).toBe(direction);
  });

  it('says where there are none, and while there is no answer', async () => {
    expect((await show([])).page.textContent).toContain('No build ran during this recording');
    expect((await show(undefined)).page.textContent).toContain('Reading the recording.');
  });
});

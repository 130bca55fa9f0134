import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import type { Lanes, ThreadLaneRow } from '../../shared/analysis-messages.ts';
import { LanesComponent } from './lanes.component.ts';

const range = (start: number, end: number): TimeRange => ({ start: microseconds(start), end: microseconds(end) });
const thread = (index: number): ThreadLaneRow => ({
  thread: index,
  name: `thread-${index}`,
  running: Uint8Array.of(255, 0),
  runnable: Uint8Array.of(0, 0),
  waiting: Uint8Array.of(0, 255),
});
const LANES: Lanes = {
  viewport: range(0, 1_000_000),
  threads: [0, 1, 2, 3, 4].map(thread),
  builds: [
    { id: 7, builder: 'linux', number: 12, worker: 'w', ...range(100_000, 900_000), result: 'failure', row: 0 },
    { id: 8, builder: 'docs', number: 3, worker: 'w', ...range(500_000, 1_000_000), row: 1 },
  ],
  stalls: [range(200_000, 400_000), range(600_000, 700_000)],
};

const show = async (lanes: Lanes | undefined, selected?: TimeRange) => {
  const fixture = TestBed.createComponent(LanesComponent);
  const ranges: TimeRange[] = [];
  fixture.componentRef.setInput('lanes', lanes);
  fixture.componentRef.setInput('viewport', range(0, 1_000_000));
  fixture.componentRef.setInput('range', selected);
  fixture.componentRef.setInput('width', 1074);
  fixture.componentInstance.rangeSelect.subscribe((value) => ranges.push(value));
  document.body.append(fixture.nativeElement as HTMLElement);
  await fixture.whenStable();
  const page = fixture.nativeElement as HTMLElement;
  const bars = (group: string) => [...page.querySelectorAll<HTMLButtonElement>(`[aria-label="${group}"] button`)];
  return { page, bars, ranges, settle: () => fixture.whenStable() };
};

describe('the lanes', () => {
  it('name stalls and builds with all that their bars show, and select their time', async () => {
    const { bars, ranges } = await show(LANES);
    expect(bars('Stalls').map(({ ariaLabel }) => ariaLabel)).toEqual([
      'Stall of 200 ms at 0:00.200',
      'Stall of 100 ms at 0:00.600',
    ]);
    expect(bars('Builds').map(({ ariaLabel }) => ariaLabel)).toEqual([
      'Build linux #12 on w: failure, 800 ms from 0:00.100',
      'Build docs #3 on w: not over, 500 ms from 0:00.500',
    ]);
    bars('Stalls')[1]!.click();
    bars('Builds')[0]!.click();
    expect(ranges).toEqual([range(600_000, 700_000), range(100_000, 900_000)]);
  });

  it('are on the axis of the curves', async () => {
    const { bars } = await show(LANES);
    expect(bars('Stalls').map(({ style }) => [style.left, style.width])).toEqual([
      ['200px', '200px'],
      ['600px', '100px'],
    ]);
    expect(bars('Builds').map(({ style }) => style.top)).toEqual(['0px', '14px']);
  });

  it('are walked along with the arrow keys, and reached with one Tab each', async () => {
    const { bars } = await show(LANES);
    const [first, second] = bars('Stalls');
    expect([first!.tabIndex, second!.tabIndex]).toEqual([0, -1]);
    first!.focus();
    first!.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    expect(document.activeElement).toBe(second);
    second!.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }));
    expect(document.activeElement).toBe(first);
  });

  it('show the first threads, and all on request', async () => {
    const { page, settle } = await show(LANES);
    const names = () => [...page.querySelectorAll('svg')].map((lane) => lane.getAttribute('aria-label'));
    expect(names()).toHaveLength(3);
    expect(names()[0]).toBe(
      'thread-0: 50 % of the time shown on a CPU, 0 % waiting for one, 50 % waiting for something else',
    );
    page.querySelector<HTMLButtonElement>('button.more')!.click();
    await settle();
    expect(names()).toHaveLength(5);
  });

  it('mark the range that is selected, and the bar that stands for it', async () => {
    const { page, bars } = await show(LANES, range(200_000, 400_000));
    expect(page.querySelector<HTMLElement>('.shade')!.style.getPropertyValue('--shade-width')).toBe('200px');
    expect(bars('Stalls').map((bar) => bar.getAttribute('aria-current'))).toEqual(['true', null]);
  });

  it('are not there before the first answer, nor are lanes that would be empty', async () => {
    expect((await show(undefined)).page.querySelector('section')).toBeNull();
    const { page } = await show({ ...LANES, builds: [], stalls: [] });
    expect([...page.querySelectorAll('.lane')].map((lane) => lane.getAttribute('data-lane'))).toEqual([
      'thread-0',
      'thread-1',
      'thread-2',
    ]);
  });
});

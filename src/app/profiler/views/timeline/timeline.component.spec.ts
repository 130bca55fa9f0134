import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Timeline } from '#trace/analysis/timeline.ts';
import { microseconds } from '#trace/contract/units.ts';
import { TimelineComponent } from './timeline.component.ts';

const TIMELINE: Timeline = {
  binWidth: microseconds(1),
  times: Float64Array.of(0),
  series: [{ id: 'masterCpu', percent: Float64Array.of(1), absolute: Float64Array.of(1) }],
};
/** jsdom lays nothing out. */
const NO_OBSERVER = { observe: () => undefined, disconnect: () => undefined };

beforeEach(
  () =>
    void vi.stubGlobal(
      'ResizeObserver',
      vi.fn(function () {
        return NO_OBSERVER;
      }),
    ),
);
afterEach(() => void vi.unstubAllGlobals());

it('hides its curves where the recording they were of is gone', async () => {
  const fixture = TestBed.createComponent(TimelineComponent);
  fixture.componentRef.setInput('viewport', { start: microseconds(0), end: microseconds(1) });
  const page = fixture.nativeElement as HTMLElement;
  const show = async (timeline: Timeline | undefined) => {
    fixture.componentRef.setInput('timeline', timeline);
    await fixture.whenStable();
    return { isHidden: page.querySelector('svg')!.style.visibility === 'hidden', text: page.textContent };
  };
  expect(await show(TIMELINE)).toMatchObject({ isHidden: false, text: expect.stringContaining('CPU') as string });
  const gone = await show(undefined);
  expect(gone.isHidden).toBe(true);
  expect(gone.text).toContain('CPU, memory and load over time appear here.');
  expect(page.querySelectorAll('li')).toHaveLength(0);
});

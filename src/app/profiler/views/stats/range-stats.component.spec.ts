import { TestBed } from '@angular/core/testing';
import { expect, it } from 'vitest';
import type { Weight } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import { RangeStatsComponent } from './range-stats.component.ts';

const show = async (weight: Weight): Promise<HTMLElement> => {
  const fixture = TestBed.createComponent(RangeStatsComponent);
  const stats = { start: microseconds(0), end: microseconds(15_000_000), tickCount: 1500, totalWeight: 18_000_000 };
  fixture.componentRef.setInput('stats', stats);
  fixture.componentRef.setInput('weight', weight);
  await fixture.whenStable();
  return fixture.nativeElement as HTMLElement;
};

it('calls a weight that is longer than its range a sum over threads', async () => {
  const page = await show('wall');
  expect(page.textContent).toContain('18 s of thread time, idle left out');
  expect(page.querySelector('[title*="added up over the threads"]')?.getAttribute('title')).toContain('18.000000 s');
});

it('names each weight', async () => {
  expect((await show('cpu')).textContent).toContain('18 s of CPU time');
  expect((await show('gil')).textContent).toContain('18 s with the GIL');
});

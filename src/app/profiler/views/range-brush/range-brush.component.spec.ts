import { TestBed } from '@angular/core/testing';
import { expect, it } from 'vitest';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import { RangeBrushComponent } from './range-brush.component.ts';

const range = (start: number, end: number): TimeRange => ({ start: microseconds(start), end: microseconds(end) });

it('goes on from the last key, however fast keys are pressed', async () => {
  const fixture = TestBed.createComponent(RangeBrushComponent);
  for (const [name, value] of Object.entries({
    viewport: range(0, 1000),
    bounds: range(0, 1000),
    range: range(100, 200),
    width: 800,
  }))
    fixture.componentRef.setInput(name, value);
  const changes: (TimeRange | undefined)[] = [];
  fixture.componentInstance.rangeChange.subscribe((change) => changes.push(change));
  await fixture.whenStable();

  const keys = (fixture.nativeElement as HTMLElement).querySelector('[role=slider]')!;
  // Nothing is drawn in between.
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft'])
    keys.dispatchEvent(new KeyboardEvent('keydown', { key }));
  expect(changes).toEqual([range(110, 210), range(120, 220), range(110, 210)]);
});

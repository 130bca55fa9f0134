import { TestBed } from '@angular/core/testing';
import { expect, it } from 'vitest';
import type { LineRow } from '#trace/analysis/function-lines.ts';
import { LineTableComponent } from './line-table.component.ts';

const show = async (rows: readonly LineRow[]) => {
  const fixture = TestBed.createComponent(LineTableComponent);
  fixture.componentRef.setInput('rows', rows);
  await fixture.whenStable();
  return fixture.nativeElement as HTMLElement;
};

it('shows the share of each line of the whole function, itself and with what it called', async () => {
  const page = await show([
    { line: 12, self: 250, total: 250 },
    { line: 14, self: 0, total: 750 },
  ]);
  expect([...page.querySelectorAll('tbody tr')].map(({ textContent }) => textContent.replace(/\s+/g, ' '))).toEqual([
    '1225 %25 %',
    '140 %75 %',
  ]);
});

it('says where the line is not known, and is not there without lines', async () => {
  expect((await show([{ line: 0, self: 1, total: 1 }])).textContent).toContain('not known');
  expect((await show([])).querySelector('section')).toBeNull();
});

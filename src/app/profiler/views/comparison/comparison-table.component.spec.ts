import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import type { ComparedFunction } from '#trace/analysis/comparison.ts';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { ComparisonTableComponent } from './comparison-table.component.ts';

const row = (name: string, before: number, after: number, totals: [number, number] = [before, after]) =>
  ({
    name,
    module: 'app.log',
    identity: { name, file: '/srv/app/log.py', firstLine: 3 },
    self: { before, after },
    total: { before: totals[0], after: totals[1] },
  }) satisfies ComparedFunction;
const FUNCTIONS = [row('split', 0.5, 0.2), row('join', 0.1, 0.45), row('fresh', 0, 0.2), row('run', 0.4, 0.15, [1, 1])];

const show = async () => {
  const fixture = TestBed.createComponent(ComparisonTableComponent);
  const selected: FunctionIdentity[] = [];
  fixture.componentRef.setInput('functions', FUNCTIONS);
  fixture.componentRef.setInput('functionCount', 7);
  fixture.componentRef.setInput('weightName', 'CPU time');
  fixture.componentInstance.functionSelect.subscribe((value) => selected.push(value));
  await fixture.whenStable();
  const page = fixture.nativeElement as HTMLElement;
  const rows = (): string[] =>
    [...page.querySelectorAll('tbody tr')].map((line) =>
      [...line.querySelectorAll('td')].map(({ textContent }) => textContent.replaceAll(/\s+/g, ' ').trim()).join(' | '),
    );
  const click = async (text: string): Promise<void> => {
    [...page.querySelectorAll('button')].find(({ textContent }) => textContent.includes(text))!.click();
    await fixture.whenStable();
  };
  return { page, rows, click, selected };
};

describe('the table of differences', () => {
  it('shows the shares of both sides and their difference, what grew most first, and in words what is new', async () => {
    const { page, rows } = await show();
    expect(rows()).toEqual([
      '+35 | 10 % | 45 % | join app.log',
      '+20 | 0 % | 20 % | fresh app.log added',
      '−25 | 40 % | 15 % | run app.log',
      '−30 | 50 % | 20 % | split app.log',
    ]);
    expect(page.querySelector('[role=status]')!.textContent).toBe('4 functions; 3 that changed least are left out');
    expect(page.querySelector('td[title]')!.getAttribute('title')).toBe(
      '10.0000 % of the CPU time before, 45.0000 % after',
    );
  });

  it('turns the order round where its column is chosen again, and tells which it is', async () => {
    const { page, rows, click } = await show();
    await click('Difference');
    expect(rows()[0]).toContain('split');
    expect(page.querySelector('[aria-sort=ascending]')!.textContent).toContain('Difference');
    await click('After');
    expect(rows()[0]).toContain('join');
  });

  it('counts what a function called where that is wanted', async () => {
    const { rows, click } = await show();
    await click('Total');
    expect(rows().find((line) => line.includes('run'))).toBe('0 | 100 % | 100 % | run app.log');
  });

  it('selects the function that is clicked', async () => {
    const { click, selected } = await show();
    await click('join');
    expect(selected).toEqual([FUNCTIONS[1]!.identity]);
  });
});

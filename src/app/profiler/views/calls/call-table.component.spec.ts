import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import type { RelatedCall } from '../../shared/analysis-messages.ts';
import { CallTableComponent } from './call-table.component.ts';

const identity = { name: 'run', file: '/srv/app/main.py', firstLine: 3 };

const show = async (rows: readonly RelatedCall[] | undefined) => {
  const fixture = TestBed.createComponent(CallTableComponent);
  const selected: FunctionIdentity[] = [];
  fixture.componentRef.setInput('title', 'Callers');
  fixture.componentRef.setInput('emptyText', 'Nobody.');
  fixture.componentRef.setInput('rows', rows);
  fixture.componentInstance.functionSelect.subscribe((value) => selected.push(value));
  await fixture.whenStable();
  return { page: fixture.nativeElement as HTMLElement, selected };
};

describe('the table of callers', () => {
  it('is a region of its own, and shows weight, samples and share with the exact weight beside', async () => {
    const { page } = await show([{ identity, weight: 123_456, share: 0.384, samples: 1234 }]);
    expect(page.querySelector('section')!.getAttribute('aria-label')).toBe('Callers');
    const row = page.querySelector('tbody tr')!;
    expect(row.getAttribute('data-weight-us')).toBe('123456');
    expect(row.textContent).toMatch(/run.*app\/main\.py.*123 ms.*1,234.*38 %/);
  });

  it('moves on to the function that is clicked', async () => {
    const { page, selected } = await show([{ identity, weight: 1, share: 1, samples: 1 }]);
    page.querySelector('button')!.click();
    expect(selected).toEqual([identity]);
  });

  it('has its own words for a thread, for nobody, and for nothing selected', async () => {
    const root = await show([{ identity: undefined, weight: 1, share: 1, samples: 1 }]);
    expect(root.page.textContent).toContain('the thread itself');
    expect((await show([])).page.textContent).toContain('Nobody.');
    expect((await show(undefined)).page.textContent).toContain('Select a function');
  });
});

import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import type { PackageGroup } from '../../shared/package-group.ts';
import { PackageFilterComponent } from './package-filter.component.ts';

const weigh = (group: PackageGroup, self: number, total: number, functionCount: number) => ({
  group,
  self,
  total,
  functionCount,
});

const show = async (chosen?: PackageGroup) => {
  const fixture = TestBed.createComponent(PackageFilterComponent);
  const inputs = {
    packages: [
      weigh('configuration', 30_000, 100_000, 1),
      weigh('database', 0, 0, 0),
      weigh('library', 50_000, 60_000, 1200),
    ],
    chosen,
    totalWeight: 100_000,
    weightName: 'CPU time',
  };
  for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
  const events: (PackageGroup | undefined)[] = [];
  fixture.componentInstance.packageChange.subscribe((group) => events.push(group));
  await fixture.whenStable();
  const buttons = [...(fixture.nativeElement as HTMLElement).querySelectorAll('button')];
  return { buttons, texts: buttons.map(({ textContent }) => textContent.trim().replace(/\s+/g, ' ')), events };
};

describe('packages above the functions', () => {
  it('tell their own share, and on the hover what they take with all that they called', async () => {
    const { buttons, texts } = await show();
    expect(texts).toEqual(['your code 30 %', 'standard library 50 %']);
    expect(buttons[0]!.title).toBe(
      '1 function: 30 ms in them, 30 % of the CPU time; 100 ms with all that they called, 100 %',
    );
    expect(buttons[1]!.title).toMatch(/^1,200 functions: /);
  });

  it('ask for one alone, and for all again', async () => {
    const { buttons, events } = await show('library');
    expect(buttons.map(({ ariaPressed }) => ariaPressed)).toEqual(['false', 'true']);
    buttons[0]!.click();
    buttons[1]!.click();
    expect(events).toEqual(['configuration', undefined]);
  });

  it('say nothing where there is no function', async () => {
    const fixture = TestBed.createComponent(PackageFilterComponent);
    fixture.componentRef.setInput('packages', [weigh('library', 0, 0, 0)]);
    fixture.componentRef.setInput('weightName', 'CPU time');
    await fixture.whenStable();
    expect((fixture.nativeElement as HTMLElement).textContent.trim()).toBe('');
  });

  it('keep the one that is chosen where it has nothing in the selection', async () => {
    expect((await show('database')).texts).toEqual(['your code 30 %', 'database 0 %', 'standard library 50 %']);
  });
});

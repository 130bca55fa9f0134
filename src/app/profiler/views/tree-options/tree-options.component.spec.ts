import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import { FOLD_RULE_IDS, type FoldRuleId } from '#trace/analysis/fold-rules.ts';
import { TreeOptionsComponent } from './tree-options.component.ts';

const PLUMBING = [
  { rule: 'deferred', functionCount: 12, weight: 30_000 },
  { rule: 'threads', functionCount: 1, weight: 0 },
] as const;

const show = async (change: Readonly<Record<string, unknown>> = {}) => {
  const fixture = TestBed.createComponent(TreeOptionsComponent);
  const inputs = {
    hasTree: true,
    direction: 'top-down',
    hasFrames: true,
    mergeThreads: false,
    hasFoldedChains: false,
    folds: [] satisfies FoldRuleId[],
    plumbing: PLUMBING,
    totalWeight: 400_000,
    weightName: 'CPU time',
    ...change,
  };
  for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
  const events: string[] = [];
  const { directionChange, mergeThreadsChange, foldChainsChange, foldsChange } = fixture.componentInstance;
  directionChange.subscribe((direction) => events.push(direction));
  mergeThreadsChange.subscribe((isMerged) => events.push(`merge ${isMerged}`));
  foldChainsChange.subscribe((isFolding) => events.push(`chains ${isFolding}`));
  foldsChange.subscribe((folds) => events.push(`fold ${folds.length === FOLD_RULE_IDS.length ? 'all' : folds.join()}`));
  document.body.append(fixture.nativeElement as HTMLElement);
  await fixture.whenStable();
  const page = fixture.nativeElement as HTMLElement;
  const button = (name: string): HTMLButtonElement =>
    [...page.querySelectorAll('button')].find(
      ({ textContent, ariaLabel }) => textContent.trim() === name || ariaLabel === name,
    )!;
  const settle = () => fixture.whenStable();
  const open = async (): Promise<void> => {
    button('Choose what is folded').click();
    await settle();
  };
  const rules = () => [...page.querySelectorAll<HTMLInputElement>('[data-fold-rule]')];
  return { page, button, events, open, rules, settle };
};

describe('how the tree is looked at', () => {
  it('is told by what is pressed, and changed by a click', async () => {
    const { page, button, events } = await show({ direction: 'bottom-up' });
    expect(button('Bottom-up').ariaPressed).toBe('true');
    expect(button('Top-down').ariaPressed).toBe('false');
    button('Top-down').click();
    for (const field of page.querySelectorAll('input')) field.click();
    expect(events).toEqual(['top-down', 'merge true', 'chains true']);
  });

  it('is about the flame graph only; what is folded concerns every view', async () => {
    const { page, button } = await show({ hasTree: false, hasFrames: false });
    expect(button('Bottom-up')).toBeUndefined();
    expect(page.querySelector('input')).toBeNull();
    expect(button('Fold plumbing').disabled).toBe(false);
  });

  it('folds chains in the flame graph of a comparison too', async () => {
    const { page, events } = await show({ hasTree: false, hasFoldedChains: true });
    const fields = page.querySelectorAll<HTMLInputElement>('input');
    expect([...fields].map(({ checked }) => checked)).toEqual([true]);
    fields[0]!.click();
    expect(events).toEqual(['chains false']);
  });
});

describe('fold plumbing', () => {
  it('folds everything with one click, and shows everything with the next', async () => {
    const { button, events } = await show();
    button('Fold plumbing').click();
    const folded = await show({ folds: ['threads'] });
    expect(folded.button('Fold plumbing').getAttribute('aria-pressed')).toBe('mixed');
    folded.button('Fold plumbing').click();
    expect([...events, ...folded.events]).toEqual(['fold all', 'fold ']);
  });

  it('has a menu of the rules that there are functions for', async () => {
    const { events, open, rules } = await show({ folds: ['threads'] });
    await open();
    expect(rules().map(({ dataset, checked }) => `${dataset['foldRule']} ${checked}`)).toEqual([
      'deferred false',
      'threads true',
    ]);
    rules()[1]!.click();
    expect(events).toEqual(['fold ']);
  });

  it('closes the menu with Escape and keeps the key from the page, which else would take back a choice', async () => {
    const { button, open, rules, settle } = await show();
    await open();
    rules()[0]!.focus();
    const press = (): boolean => {
      const event = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
      document.activeElement!.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(press()).toBe(true);
    await settle();
    expect(rules()).toEqual([]);
    expect(document.activeElement).toBe(button('Choose what is folded'));
    expect(press()).toBe(false);
  });

  it('closes the menu when something beside it is pressed or takes the focus', async () => {
    const { button, open, rules, settle } = await show();
    await open();
    rules()[0]!.dispatchEvent(new Event('pointerdown', { bubbles: true, composed: true }));
    await settle();
    expect(rules()).toHaveLength(2);
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true, composed: true }));
    await settle();
    expect(rules()).toEqual([]);
    await open();
    rules()[0]!.focus();
    button('Top-down').focus();
    await settle();
    expect(rules()).toEqual([]);
  });

  it('cannot be pressed where there is none', async () => {
    const { button } = await show({ plumbing: [] });
    expect(button('Fold plumbing').disabled).toBe(true);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { make, makeButton, replaceContent, setAttributes } from './elements.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

const parent = make('div');
afterEach(() => {
  parent.replaceChildren();
  parent.remove();
});

const keyed = (...keys: readonly string[]) => keys.map((key) => makeButton(key, () => undefined, { 'data-key': key }));

describe('elements of a report', () => {
  it('show text and attributes as they are', () => {
    const made = make('p', { title: HOSTILE }, HOSTILE, undefined, make('b', {}, HOSTILE));
    expect(made.textContent).toBe(HOSTILE + HOSTILE);
    expect(made.title).toBe(HOSTILE);
    expect(made.querySelector('img')).toBeNull();
  });

  it('lose an attribute that is undefined', () => {
    const made = make('p', { title: 'a' });
    setAttributes(made, { title: undefined });
    expect(made.hasAttribute('title')).toBe(false);
  });

  it('keep the focus on what has the same name when they are drawn again', () => {
    document.body.append(parent);
    replaceContent(parent, ...keyed('a', 'b', 'c'));
    parent.querySelector<HTMLElement>('[data-key=b]')?.focus();
    replaceContent(parent, ...keyed('x', 'y', 'b'));
    expect(document.activeElement?.textContent).toBe('b');
  });

  it('keep the focus at its place where that name is gone, and take none that was elsewhere', () => {
    document.body.append(parent);
    replaceContent(parent, ...keyed('a', 'b'));
    parent.querySelector<HTMLElement>('[data-key=b]')?.focus();
    replaceContent(parent, ...keyed('x'));
    expect(document.activeElement?.textContent).toBe('x');
    (document.activeElement as HTMLElement).blur();
    replaceContent(parent, ...keyed('y'));
    expect(document.activeElement).toBe(document.body);
  });
});

import { afterEach, expect, it } from 'vitest';
import { followHostTheme, isDark } from './host-theme.ts';

const root = document.documentElement;
afterEach(() => {
  document.body.replaceChildren();
  document.body.style.background = '';
  root.removeAttribute('class');
});

const insertElement = (): HTMLElement => {
  const element = document.createElement('div');
  document.body.append(element);
  return element;
};

it.each([
  ['rgb(255, 255, 255)', false],
  ['rgb(30, 30, 46)', true],
  ['rgba(30, 30, 46, 0.9)', true],
  ['rgb(245, 245, 245)', false],
  ['color(srgb 0 0 0)', false],
])('takes the background %s for dark: %s', (color, expected) => {
  expect(isDark(color)).toBe(expected);
});

it('is light on a page that paints nothing', () => {
  const element = insertElement();
  const stop = followHostTheme(element);
  expect(element.style.colorScheme).toBe('light');
  stop();
});

it('follows the host when its theme changes, until it is stopped', async () => {
  document.body.style.background = 'rgb(20, 20, 30)';
  const element = insertElement();
  const stop = followHostTheme(element);
  expect(element.style.colorScheme).toBe('dark');
  document.body.style.background = 'rgb(250, 250, 250)';
  root.className = 'theme-changed';
  await expect.poll(() => element.style.colorScheme).toBe('light');
  stop();
  document.body.style.background = 'rgb(20, 20, 30)';
  root.className = 'theme-changed-again';
  await Promise.resolve();
  expect(element.style.colorScheme).toBe('light');
});

import { signal } from '@angular/core';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'bbp-theme';

/** Light or dark: as the system says, until somebody says otherwise. */
export class ThemeChoice {
  readonly #theme = signal<Theme>(loadTheme());
  readonly theme = this.#theme.asReadonly();

  constructor() {
    showTheme(this.theme());
  }

  select(theme: Theme): void {
    this.#theme.set(theme);
    localStorage.setItem(STORAGE_KEY, theme);
    showTheme(theme);
  }
}

const loadTheme = (): Theme => THEMES.find((theme) => theme === localStorage.getItem(STORAGE_KEY)) ?? 'system';

const showTheme = (theme: Theme): void => {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['bbpTheme'];
  else dataset['bbpTheme'] = theme;
};

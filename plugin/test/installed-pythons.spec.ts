import { describe, expect, it } from 'vitest';
import { findPythons } from './installed-pythons.ts';

/** What the set-up of the tests provides. */
const PROVIDED_MINORS = [9, 11, 13, 14, 15];

describe('the Pythons that the tests run against', () => {
  it.runIf(process.env['CI'] === 'true')('are at least those that the set-up provides', () => {
    const minors = findPythons()
      .filter(({ isSupported }) => isSupported)
      .map(({ version }) => Number(version.split('.')[1]));
    expect(minors).toEqual(expect.arrayContaining(PROVIDED_MINORS));
  });
});

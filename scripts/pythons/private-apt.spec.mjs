import { describe, expect, it } from 'vitest';
import { sourceOf } from './private-apt.mjs';

const OS_RELEASE = 'ID=debian\nVERSION_CODENAME=bookworm\n';

describe('the source of another suite', () => {
  it('is the mirror that the machine has its own suite from', () => {
    const targets = [
      'https://vendor.example/apt stable main',
      'https://mirror.example/debian bookworm-updates main',
      'https://mirror.example/debian bookworm main',
    ].join('\n');
    expect(sourceOf('sid', { osRelease: OS_RELEASE, targets })).toBe('deb https://mirror.example/debian sid main\n');
  });

  it('is none where the machine has no Debian of its own', () => {
    const targets = 'https://vendor.example/apt stable main';
    expect(() => sourceOf('sid', { osRelease: OS_RELEASE, targets })).toThrow('no mirror');
    expect(() => sourceOf('sid', { osRelease: 'ID=alpine\n', targets })).toThrow('no mirror');
  });
});

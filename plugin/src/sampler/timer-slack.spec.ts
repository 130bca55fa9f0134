import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { sharpenTimer, timerSlackFile } from './timer-slack.ts';

it('takes the leeway from the sleeps of the calling thread', () => {
  const before = readFileSync(timerSlackFile(), 'utf8');
  onTestFinished(() => writeFileSync(timerSlackFile(), before));
  writeFileSync(timerSlackFile(), '50000');
  sharpenTimer();
  expect(readFileSync(timerSlackFile(), 'utf8').trim()).toBe('1');
});

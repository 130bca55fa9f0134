import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PauseTask } from './pause-task.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('does what was planned last, once nothing was planned for a while', () => {
  const done: string[] = [];
  const pause = new PauseTask(300);
  pause.plan(() => done.push('first'));
  vi.advanceTimersByTime(299);
  pause.plan(() => done.push('second'));
  vi.advanceTimersByTime(299);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['second']);
  vi.advanceTimersByTime(1000);
  expect(done).toEqual(['second']);
});

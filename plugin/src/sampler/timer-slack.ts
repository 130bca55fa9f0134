import { readlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Kernel's leeway for this thread's sleeps, nanoseconds; the default of 50,000 doubles the usual lateness of a tick. */
const TIMER_SLACK_NANOSECONDS = 1;

/** The kernel shows the slack of a thread in `/proc/TID`, and not among the threads of its process: `/proc/PID/task/TID` has no such file. */
export const timerSlackFile = (): string => `/proc/${basename(readlinkSync('/proc/thread-self'))}/timerslack_ns`;

/** Makes the sleeps of the calling thread end when they should. */
export function sharpenTimer(): void {
  try {
    writeFileSync(timerSlackFile(), String(TIMER_SLACK_NANOSECONDS));
  } catch {
    // Kernels before 4.6, or a /proc mounted read-only: ticks are then a little later, and counted as such.
  }
}

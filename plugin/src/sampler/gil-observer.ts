import { GilState } from '#trace/contract/thread-state.ts';
import type { InterpreterReader } from '../cpython/interpreter-reader.ts';
import type { KernelThread } from './kernel-thread.ts';

/**
 * What a sleeping thread sleeps in, as far as it matters: the poll of an event loop, the wait for the GIL (a futex that lies inside
 * the GIL's own condition variable or mutex), or anything else.
 */
export type SleepPlace = 'epoll' | 'gil' | 'other';

/** Of a thread whose state was just read as asleep. */
export function findSleepPlace({ sleepKind, futexAddress }: KernelThread, reader: InterpreterReader): SleepPlace {
  if (sleepKind === 'epoll') return 'epoll';
  const { start, end } = reader.gilAddressRange;
  return sleepKind === 'futex' && futexAddress >= start && futexAddress < end ? 'gil' : 'other';
}

/** `sleepPlace` is undefined for a thread that is not asleep. */
export function toGilState(isHolder: boolean, sleepPlace: SleepPlace | undefined): GilState {
  if (isHolder) return GilState.holds;
  return sleepPlace === 'gil' ? GilState.wants : GilState.neither;
}

import type { RemoteAddress } from '../memory/remote-address.ts';
import type { StackBuffer } from './stack-buffer.ts';
import { attachToInterpreter } from './interpreter-attachment.ts';

/**
 * `read`: the buffer holds one consistent stack (length 0 if the thread runs no Python code now). `torn`: it changed at every attempt. `unreadable`: memory
 * that cannot be read, or that has not the shape of a stack; also a thread that has ended.
 */
export type StackOutcome = 'read' | 'torn' | 'unreadable';

/** One thread of the target. The same thread is the same object for as long as it lives. */
export interface ThreadHandle {
  /** Address of its thread state; comparable with {@link GilReading.holder}. */
  readonly stateAddress: RemoteAddress;
  /** Its thread states in other interpreters, which it entered from there; the newest interpreter's first. As of the last list of threads; mostly empty. */
  readonly innerStates: readonly RemoteAddress[];
  /** The kernel's thread id as this process sees it, fit for `/proc/PID/task/TID`. */
  readonly nativeId: number;
  /** `threading.get_ident()`: the pthread id. */
  readonly pythonId: number;
  /** Whether it is the process's first thread. */
  readonly isMain: boolean;
}

/** Whether the holder of a GIL is this thread. */
export const isStateOf = ({ stateAddress, innerStates }: ThreadHandle, holder: RemoteAddress): boolean =>
  stateAddress === holder || (innerStates.length > 0 && innerStates.includes(holder));

export interface GilReading {
  isLocked: boolean;
  /** Thread state of the holder; of the last holder while not locked; 0 before there was one. */
  holder: RemoteAddress;
}

/** The threads and the GIL, of one moment. */
export interface ThreadsReading {
  /** Those that have started to run Python. The same array as before if nothing changed. */
  readonly threads: readonly ThreadHandle[];
  /** One object, filled anew by every reading. */
  readonly gil: Readonly<GilReading>;
}

export interface AddressRange {
  readonly start: RemoteAddress;
  /** First address beyond. */
  readonly end: RemoteAddress;
}

/**
 * Reads one live CPython from outside: never writes to it, pauses it or asks it for anything. Every method throws the
 * ProfilerError `target-exited` once the process has ended (or replaced itself by exec).
 */
export interface InterpreterReader {
  readonly pid: number;
  /** As in `3.11.7`, or `3.15.0rc1`. */
  readonly pythonVersion: string;
  /** The GIL of the main interpreter: a thread asleep on a futex in this range wants it. */
  readonly gilAddressRange: AddressRange;
  /** Attempts to read a stack that were given up because it changed, so far. */
  readonly retries: number;
  /** Walks of the thread list that failed and were answered with the list before, so far. */
  readonly threadListFailures: number;
  /**
   * @param ahead whose stack is going to be read next: it is copied in the same moment, where that is possible
   */
  readThreads(ahead?: ThreadHandle): ThreadsReading;
  /** Lets go of a stack that was copied ahead, where the thread has turned out to have gone on since. The next list of threads does so, too. */
  forgetAhead(): void;
  readStack(thread: ThreadHandle, into: StackBuffer): StackOutcome;
  /**
   * Names that the `threading` module has for threads, by {@link ThreadHandle.pythonId}, as far as they can be read now. Costs some 20 µs a thread, and
   * milliseconds at the first time: not for every tick.
   */
  readThreadNames(): ReadonlyMap<number, string>;
  close(): void;
}

/**
 * Attaches to a live process.
 *
 * @throws ProfilerError no-such-process, no-permission, not-python, unsupported-python, unsupported-platform, target-unreadable, target-exited.
 */
export const openInterpreter = (pid: number): InterpreterReader => attachToInterpreter(pid);

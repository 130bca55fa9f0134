import type { ThreadDump } from '#trace/contract/api.ts';
import { ThreadState } from '#trace/contract/thread-state.ts';
import {
  isStateOf,
  openInterpreter,
  type InterpreterReader,
  type ThreadHandle,
} from '../cpython/interpreter-reader.ts';
import { StackBuffer } from '../cpython/stack-buffer.ts';
import { findSleepPlace, toGilState } from './gil-observer.ts';
import { KernelState, KernelThread } from './kernel-thread.ts';
import { toThreadState } from './thread-track.ts';

/**
 * All threads of a process with their stacks, now. Threads are read one after the other, each stack consistent in itself.
 * @throws ProfilerError as `openInterpreter` does.
 */
export function dumpThreads(pid: number): ThreadDump[] {
  const reader = openInterpreter(pid);
  try {
    const stack = new StackBuffer();
    const names = reader.readThreadNames();
    return reader.readThreads().threads.flatMap((handle) => dumpThread(pid, reader, handle, names, stack) ?? []);
  } finally {
    reader.close();
  }
}

function dumpThread(
  pid: number,
  reader: InterpreterReader,
  handle: ThreadHandle,
  names: ReadonlyMap<number, string>,
  stack: StackBuffer,
): ThreadDump | undefined {
  const kernel = KernelThread.open(pid, handle.nativeId);
  if (kernel === undefined) return undefined;
  try {
    const name = names.get(handle.pythonId) ?? (handle.isMain ? 'MainThread' : kernel.readName());
    const kernelState = kernel.readState();
    if (kernelState === KernelState.gone) return undefined;
    const sleepPlace = kernelState === KernelState.onRunQueue ? undefined : findSleepPlace(kernel, reader);
    const { isLocked, holder } = reader.readThreads().gil;
    const outcome = reader.readStack(handle, stack);
    const base = {
      name,
      nativeId: handle.nativeId,
      isMain: handle.isMain,
      gil: toGilState(isLocked && isStateOf(handle, holder), sleepPlace),
    };
    if (outcome !== 'read') {
      return { ...base, state: outcome === 'torn' ? ThreadState.lostTorn : ThreadState.lostUnreadable, frames: [] };
    }
    return {
      ...base,
      state: toThreadState(stack, sleepPlace),
      frames: stack.codes.slice(0, stack.length).map((code, depth) => ({
        function: code.functionName,
        file: code.file,
        line: code.lineAt(stack.instructions[depth]!),
      })),
    };
  } finally {
    kernel.close();
  }
}

import type { ProcessMemory } from '../memory/process-memory.ts';
import { readBytes } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { WORD_BYTES, isMappable, parseAddress, remoteAddress } from '../memory/remote-address.ts';
import type { NativeIdPlace, StructLayout } from './layouts/struct-layout.ts';

type PthreadPlace = Extract<NativeIdPlace, { kind: 'in-pthread' }>;

/**
 * The kernel's id of a thread, out of the C library's own structure of it, as the target knows it. The structure is believed if it points to itself, as it does
 * while the thread lives. Undefined if it does not.
 */
export const readPthreadId = (
  memory: ProcessMemory,
  pthread: RemoteAddress,
  { self, nativeId }: PthreadPlace,
): number | undefined => {
  if (!isMappable(pthread)) return undefined;
  const bytes = readBytes(memory, remoteAddress(pthread + self), nativeId + WORD_BYTES - self);
  return bytes !== undefined && parseAddress(bytes, 0) === pthread ? bytes.readUInt32LE(nativeId - self) : undefined;
};

/** The id of the thread in which the interpreter was started, by the structure of the C library; undefined if that is not as expected, or not needed. */
export const readMainThreadId = (
  memory: ProcessMemory,
  layout: StructLayout,
  runtime: RemoteAddress,
): number | undefined => {
  const { nativeId } = layout.thread;
  if (layout.stackKind !== 'frame-objects' || nativeId.kind !== 'in-pthread') return undefined;
  const bytes = readBytes(memory, remoteAddress(runtime + layout.mainThread), WORD_BYTES);
  return bytes && readPthreadId(memory, parseAddress(bytes, 0), nativeId);
};

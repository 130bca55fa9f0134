/**
 * `process_vm_readv`: several ranges of another process in one system call. Reading them one by one through `/proc/PID/mem` costs 2 µs each in Node, this 2 µs and
 * 0.5 µs more per range; above all, the ranges are copied within a microsecond or two of each other.
 *
 * It rests on `node:ffi`, which is experimental: where that is missing or has changed, there is no vectored read and nothing else changes.
 */
import { isProcOfOwnNamespace } from './attach-situation.ts';
import type { RangeBatch } from './range-batch.ts';
import { MAX_RANGES } from './range-batch.ts';

/** Copies the batch and returns the number of bytes copied; negative if none could be. */
export type VectoredRead = (batch: RangeBatch) => number;

type SystemCall = (
  pid: number,
  local: bigint,
  localCount: bigint,
  remote: bigint,
  remoteCount: bigint,
  flags: bigint,
) => bigint | number;

interface ForeignFunctions {
  dlopen(path: string | null, functions: object): { readonly functions: Readonly<Record<string, unknown>> };
  getRawPointer(buffer: ArrayBufferLike): bigint;
}

/** Of glibc and musl: what this process has loaded already. */
const OWN_SYMBOLS = null;
const WORD_VALUES = 2;

const isForeignFunctions = (module: unknown): module is ForeignFunctions =>
  typeof module === 'object' && module !== null && 'dlopen' in module && 'getRawPointer' in module;

/** Loading `node:ffi` prints a warning that it is experimental, which means nothing to who profiles: that one is kept back. */
const loadForeignFunctions = (): ForeignFunctions | undefined => {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    const module: unknown = process.getBuiltinModule('node:ffi');
    return isForeignFunctions(module) ? module : undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** @param pid as `/proc` names the process. Undefined where there is no vectored read, or where it would go by other pids than `/proc` does. */
export const openVectoredRead = (pid: number): VectoredRead | undefined => {
  if (!isProcOfOwnNamespace()) return undefined;
  try {
    const foreign = loadForeignFunctions();
    if (foreign === undefined) return undefined;
    const signature = { arguments: ['int32', 'pointer', 'uint64', 'pointer', 'uint64', 'uint64'], return: 'int64' };
    const { functions } = foreign.dlopen(OWN_SYMBOLS, { process_vm_readv: signature });
    return vectoredRead(foreign, functions['process_vm_readv'] as SystemCall, pid);
  } catch {
    // No such module, no permission for it, or another shape: read range by range.
    return undefined;
  }
};

const vectoredRead = (foreign: ForeignFunctions, call: SystemCall, pid: number): VectoredRead => {
  // struct iovec: address and length, 64 bits each. Addresses are below 2^48, so two 32-bit halves are written without BigInt.
  const remote = new Uint32Array(MAX_RANGES * WORD_VALUES * 2);
  const local = new BigUint64Array(WORD_VALUES);
  const remotePointer = foreign.getRawPointer(remote.buffer);
  const localPointer = foreign.getRawPointer(local.buffer);
  let localBytes: Buffer | undefined;
  return (batch) => {
    if (batch.bytes !== localBytes) {
      localBytes = batch.bytes;
      local[0] = foreign.getRawPointer(batch.bytes.buffer);
    }
    local[1] = BigInt(batch.byteLength);
    for (let index = 0, word = 0; index < batch.count; index++, word += 4) {
      const address = batch.addresses[index] ?? 0;
      remote[word] = address % 2 ** 32;
      remote[word + 1] = address / 2 ** 32;
      remote[word + 2] = batch.lengths[index] ?? 0;
    }
    return Number(call(pid, localPointer, 1n, remotePointer, BigInt(batch.count), 0n));
  };
};

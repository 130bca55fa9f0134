import type { DataStackLayout } from './struct-layout.ts';
import { DICT_KEYS } from './struct-layout.ts';

/** Compiled from the headers of 3.11.7 (x86_64, with the GIL); 3.11.2 has the same. */
export const CPYTHON_3_11: DataStackLayout = {
  version: '3.11',
  stackKind: 'data-stack',
  interpretersHead: 40,
  interpreter: { next: 0, threadsHead: 16, modules: 888 },
  gil: { place: { kind: 'in-runtime', offset: 360 }, holder: 8, isLocked: 16 },
  thread: {
    next: 8,
    interpreter: 16,
    pythonId: 152,
    nativeId: { kind: 'in-thread', nativeId: 160 },
    current: { kind: 'in-c-frame', cFrame: 56, currentFrame: 8 },
    baseFrame: undefined,
    chunk: 296,
    chunkTop: 304,
  },
  frame: {
    size: 72,
    previous: 48,
    callable: 0,
    isNullBelowFunction: true,
    executable: 32,
    executableTagMask: 0,
    isClearedWhenPopped: false,
    instruction: 56,
    stackTop: 64,
    owner: 69,
    isEntry: 68,
    firstShimOwner: undefined,
    // BINARY_SUBSCR_GETITEM
    callsWithoutWitness: [{ opcode: 19, cacheUnits: 4 }],
  },
  code: {
    size: 192,
    units: { kind: 'in-code', units: 16 },
    firstLine: 72,
    file: 112,
    name: 120,
    qualifiedName: 128,
    localNames: 96,
    locations: 136,
    lineFormat: 'locations',
    instructions: 184,
  },
  text: { length: 16, state: 32, asciiData: 48, compactData: 72 },
  bytes: { length: 16, data: 32 },
  dict: { keys: 32, keysObject: DICT_KEYS, values: 40, firstValue: 0 },
  type: { flags: 168, instanceSize: 32, sharedKeys: 872 },
  attributes: { kind: 'two-pointers', values: -32, dict: -24 },
};

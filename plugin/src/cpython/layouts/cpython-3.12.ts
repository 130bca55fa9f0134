import type { DataStackLayout } from './struct-layout.ts';
import { DICT_KEYS } from './struct-layout.ts';

/** Compiled from the headers of 3.12.1 (x86_64, with the GIL). */
export const CPYTHON_3_12: DataStackLayout = {
  version: '3.12',
  stackKind: 'data-stack',
  interpretersHead: 40,
  interpreter: { next: 0, threadsHead: 72, modules: 944 },
  gil: { place: { kind: 'pointed-to-by-interpreter', pointer: 384 }, holder: 8, isLocked: 16 },
  thread: {
    next: 8,
    interpreter: 16,
    pythonId: 136,
    nativeId: { kind: 'in-thread', nativeId: 144 },
    isBoundToRunner: false,
    current: { kind: 'in-c-frame', cFrame: 56, currentFrame: 0 },
    baseFrame: undefined,
    chunk: 232,
    chunkTop: 240,
  },
  frame: {
    size: 72,
    previous: 8,
    callable: 16,
    isNullBelowFunction: true,
    executable: 0,
    executableTagMask: 0,
    isClearedWhenPopped: false,
    instruction: 56,
    stackTop: 64,
    owner: 70,
    isEntry: undefined,
    firstShimOwner: 3,
    // BINARY_SUBSCR_GETITEM, LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN, LOAD_ATTR_PROPERTY
    callsWithoutWitness: [
      { opcode: 20, cacheUnits: 1 },
      { opcode: 72, cacheUnits: 9 },
      { opcode: 77, cacheUnits: 9 },
    ],
  },
  code: {
    size: 200,
    units: { kind: 'in-code', units: 16 },
    firstLine: 68,
    file: 112,
    name: 120,
    qualifiedName: 128,
    localNames: 96,
    locations: 136,
    lineFormat: 'locations',
    instructions: 192,
  },
  text: { length: 16, state: 32, asciiData: 40, compactData: 56 },
  bytes: { length: 16, data: 32 },
  dict: { keys: 32, keysObject: DICT_KEYS, values: 40, firstValue: 0 },
  type: { flags: 168, instanceSize: 32, sharedKeys: 880 },
  attributes: { kind: 'tagged-pointer', pointer: -24 },
};

import type { FrameObjectsLayout } from './struct-layout.ts';
import { DICT_KEYS_WITH_SLOTS, PTHREAD_ID } from './struct-layout.ts';

/** Compiled from the headers of 3.10.13 (x86_64). */
export const CPYTHON_3_10: FrameObjectsLayout = {
  version: '3.10',
  stackKind: 'frame-objects',
  interpretersHead: 32,
  mainThread: 72,
  interpreter: { next: 0, threadsHead: 8, modules: 856 },
  gil: { place: { kind: 'in-runtime', offset: 352 }, holder: 8, isLocked: 16 },
  thread: {
    next: 8,
    interpreter: 16,
    pythonId: 176,
    nativeId: PTHREAD_ID,
    isBoundToRunner: false,
    frame: 24,
  },
  frame: {
    size: 352,
    previous: 24,
    code: 32,
    instruction: 96,
    unitsPerStep: 1,
    // f_state, FRAME_EXECUTING
    state: 108,
    executing: 0,
  },
  code: {
    size: 176,
    units: { kind: 'in-bytes', instructions: 48 },
    firstLine: 40,
    file: 104,
    name: 112,
    qualifiedName: 112,
    // co_varnames
    localNames: 72,
    locations: 120,
    lineFormat: 'ranges',
  },
  text: { length: 16, state: 32, asciiData: 48, compactData: 72 },
  bytes: { length: 16, data: 32 },
  tuple: { length: 16, items: 24 },
  dict: { keys: 32, keysObject: DICT_KEYS_WITH_SLOTS, values: 40, firstValue: 0 },
  type: { flags: 168, instanceSize: 32, sharedKeys: 872 },
  attributes: { kind: 'type-says', dictOffset: 288 },
};

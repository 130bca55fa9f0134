import { describe, expect, it } from 'vitest';
import { FakeInterpreter } from '../../../test/fake-interpreter.ts';
import { CPYTHON_3_10 } from './cpython-3.10.ts';
import { CPYTHON_3_11 } from './cpython-3.11.ts';
import { CPYTHON_3_12 } from './cpython-3.12.ts';
import { CPYTHON_3_9 } from './cpython-3.9.ts';
import type { DataStackLayout, FrameObjectsLayout, StructLayout } from './struct-layout.ts';

/**
 * Offsets that `aarch64-linux-gnu-gcc` 12 makes of the headers of 3.9.18, 3.10.13, 3.11.7 and 3.12.1. Newer versions bring their own table, and older ones are read on x86_64 only.
 * They are those of x86_64, for no structure that is read has a lock before a field that is read.
 */
const COMMON = {
  'runtime.interpreters.head': [32, 32, 40, 40],
  'interpreter.next': [0, 0, 0, 0],
  'interpreter.threads.head': [8, 8, 16, 72],
  'interpreter.modules': [856, 856, 888, 944],
  'gil.last_holder': [8, 8, 8, 8],
  'gil.locked': [16, 16, 16, 16],
  gil: [352, 352, 360, 384],
  'thread.next': [8, 8, 8, 8],
  'thread.interp': [16, 16, 16, 16],
  'thread.thread_id': [176, 176, 152, 136],
  'code.names of local variables': [72, 72, 96, 96],
  'code.co_filename': [104, 104, 112, 112],
  'code.co_name': [112, 112, 120, 120],
  'code.co_firstlineno': [40, 40, 72, 68],
  'type.tp_flags': [168, 168, 168, 168],
  'type.tp_basicsize': [32, 32, 32, 32],
  'type.ht_cached_keys': [864, 872, 872, 880],
  'dict.ma_keys': [32, 32, 32, 32],
  'dict.ma_values': [40, 40, 40, 40],
  'frame.local variables': [360, 352, 72, 72],
  'frame.previous': [24, 24, 48, 8],
} as const;
/** `sizeof(struct _gil_runtime_state)`: two mutexes of 48 bytes where x86_64 has 40. */
const GIL_BYTES = 224;

const commonOf = (layout: StructLayout): Record<keyof typeof COMMON, number> => ({
  'runtime.interpreters.head': layout.interpretersHead,
  'interpreter.next': layout.interpreter.next,
  'interpreter.threads.head': layout.interpreter.threadsHead,
  'interpreter.modules': layout.interpreter.modules,
  'gil.last_holder': layout.gil.holder,
  'gil.locked': layout.gil.isLocked,
  gil: layout.gil.place.kind === 'in-runtime' ? layout.gil.place.offset : layout.gil.place.pointer,
  'thread.next': layout.thread.next,
  'thread.interp': layout.thread.interpreter,
  'thread.thread_id': layout.thread.pythonId,
  'code.names of local variables': layout.code.localNames,
  'code.co_filename': layout.code.file,
  'code.co_name': layout.code.name,
  'code.co_firstlineno': layout.code.firstLine,
  'type.tp_flags': layout.type.flags,
  'type.tp_basicsize': layout.type.instanceSize,
  'type.ht_cached_keys': layout.type.sharedKeys,
  'dict.ma_keys': layout.dict.keys,
  'dict.ma_values': layout.dict.values,
  'frame.local variables': layout.frame.size,
  'frame.previous': layout.frame.previous,
});

const framesOf = ({ thread, frame }: FrameObjectsLayout) => ({
  'thread.frame': thread.frame,
  'frame.f_code': frame.code,
  'frame.f_lasti': frame.instruction,
});

const stacksOf = ({ thread, frame, code }: DataStackLayout) => ({
  'thread.native_thread_id': thread.nativeId.nativeId,
  'thread.cframe': thread.current.kind === 'in-c-frame' ? thread.current.cFrame : undefined,
  'thread.datastack_chunk': thread.chunk,
  'thread.datastack_top': thread.chunkTop,
  'frame.prev_instr': frame.instruction,
  'frame.owner': frame.owner,
  'frame.stacktop': frame.stackTop,
  'code.co_code_adaptive': code.instructions,
  'code.co_qualname': code.qualifiedName,
});

describe('the layouts on aarch64', () => {
  it.each([CPYTHON_3_9, CPYTHON_3_10, CPYTHON_3_11, CPYTHON_3_12].map((layout, nth) => ({ layout, nth })))(
    'are those of $layout.version',
    ({ layout, nth }) => {
      expect(commonOf(layout)).toEqual(
        Object.fromEntries(Object.entries(COMMON).map(([field, offsets]) => [field, offsets[nth]])),
      );
    },
  );

  it('have frames where x86_64 has them', () => {
    expect(framesOf(CPYTHON_3_9)).toEqual({ 'thread.frame': 24, 'frame.f_code': 32, 'frame.f_lasti': 104 });
    expect(framesOf(CPYTHON_3_10)).toEqual({ 'thread.frame': 24, 'frame.f_code': 32, 'frame.f_lasti': 96 });
    expect(Object.values(stacksOf(CPYTHON_3_11))).toEqual([160, 56, 296, 304, 56, 69, 64, 184, 128]);
    expect(Object.values(stacksOf(CPYTHON_3_12))).toEqual([144, 56, 232, 240, 56, 70, 64, 192, 128]);
  });

  it('have a GIL whose last lock lies within the range in which who wants it sleeps', () => {
    const { start, end } = new FakeInterpreter().open().gilAddressRange;
    expect(end - start).toBe(GIL_BYTES);
  });
});

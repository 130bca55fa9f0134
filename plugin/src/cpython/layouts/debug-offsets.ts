/**
 * Layouts of 3.13 and newer, whose runtime starts with a table of its own offsets (`_Py_DebugOffsets`).
 *
 * Contract: the table is untrusted. Every offset that is used later is named in `offsetsInUse` of layout-validation.ts and checked there once, so that no
 * reader checks again.
 */
import { DEBUG_FIELDS_3_13, DEBUG_FIELDS_3_14, DEBUG_FIELDS_3_15 } from './debug-fields.ts';
import type { AttributePlace, DataStackLayout, FrameLayout, OpcodeRange, WitnesslessCall } from './struct-layout.ts';
import { DICT_KEYS } from './struct-layout.ts';

export const DEBUG_COOKIE = 'xdebugpy';
/** The cookie and the version word. */
export const DEBUG_HEAD_BYTES = 16;
const FIELD_BYTES = 8;
/** The two fields of a compact string beside those of an ASCII one: length and address of its UTF-8 form. */
const COMPACT_TEXT_EXTRA_BYTES = 16;

type FieldName =
  (typeof DEBUG_FIELDS_3_13)[number] | (typeof DEBUG_FIELDS_3_14)[number] | (typeof DEBUG_FIELDS_3_15)[number];

/** What the table does not say. */
interface FrameTraits {
  readonly executableTagMask: number;
  readonly isClearedWhenPopped: boolean;
  readonly callsWithoutWitness: readonly WitnesslessCall[];
  readonly callInstructions: readonly OpcodeRange[] | undefined;
}

export interface DebugOffsetsFormat {
  readonly version: string;
  readonly fields: readonly FieldName[];
  readonly traits: FrameTraits;
}

/** Since 3.13 a caller stands at the instruction itself, not behind its inline cache. */
const callsOf = (...opcodes: number[]): WitnesslessCall[] => opcodes.map((opcode) => ({ opcode, cacheUnits: 0 }));

const only = (opcode: number): OpcodeRange => ({ first: opcode, last: opcode });

export const DEBUG_OFFSETS_FORMATS: readonly DebugOffsetsFormat[] = [
  {
    version: '3.13',
    fields: DEBUG_FIELDS_3_13,
    traits: {
      executableTagMask: 0,
      isClearedWhenPopped: false,
      // EXIT_INIT_CHECK, BINARY_SUBSCR_GETITEM, CALL_ALLOC_AND_ENTER_INIT, LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN, LOAD_ATTR_PROPERTY
      callsWithoutWitness: callsOf(13, 158, 162, 192, 200),
      callInstructions: undefined,
    },
  },
  {
    version: '3.14',
    fields: DEBUG_FIELDS_3_14,
    traits: {
      executableTagMask: 3,
      isClearedWhenPopped: true,
      // EXIT_INIT_CHECK, BINARY_OP_SUBSCR_GETITEM, CALL_ALLOC_AND_ENTER_INIT, LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN, LOAD_ATTR_PROPERTY
      callsWithoutWitness: callsOf(11, 136, 143, 179, 187),
      // CALL_FUNCTION_EX, CALL, CALL_KW, their specialised forms, all that stand in for another while the program is watched or compiled
      callInstructions: [only(4), only(52), only(55), { first: 143, last: 165 }, { first: 234, last: 255 }],
    },
  },
  {
    version: '3.15',
    fields: DEBUG_FIELDS_3_15,
    traits: {
      executableTagMask: 3,
      isClearedWhenPopped: true,
      // EXIT_INIT_CHECK, BINARY_OP_SUBSCR_GETITEM, CALL_ALLOC_AND_ENTER_INIT, LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN, LOAD_ATTR_PROPERTY
      callsWithoutWitness: callsOf(11, 136, 144, 185, 193),
      // The same.
      callInstructions: [only(4), only(50), only(53), { first: 144, last: 168 }, { first: 233, last: 255 }],
    },
  },
];

/** Not in the tables of 3.13 and 3.14; compiled from their headers. */
const TYPE_BEFORE_3_15 = { instanceSize: 32, sharedKeys: 880 } as const;
/** Not in any table: the third word before the instance, and `PyDictValues.valid`. */
const INLINE_ATTRIBUTES: AttributePlace = { kind: 'inline', dict: -24, isValid: 3 };

/** Frames owned by the interpreter (3.14: and by the C stack, 4) carry no code of the program. */
const FIRST_SHIM_OWNER = 3;

export const debugTableBytes = (format: DebugOffsetsFormat): number =>
  DEBUG_HEAD_BYTES + format.fields.length * FIELD_BYTES;

/** The fields of a table; a number beyond 2^53 is rounded, and refused by the validation. */
const parseFields = (format: DebugOffsetsFormat, table: Buffer): ReadonlyMap<FieldName, number> =>
  new Map(
    format.fields.map((name, index) => [name, Number(table.readBigUInt64LE(DEBUG_HEAD_BYTES + index * FIELD_BYTES))]),
  );

export interface DebugLayout {
  readonly isFreeThreaded: boolean;
  readonly layout: DataStackLayout;
}

/** @param table the whole table, cookie included: {@link debugTableBytes} long. */
export const parseDebugOffsets = (format: DebugOffsetsFormat, table: Buffer): DebugLayout => {
  const fields = parseFields(format, table);
  const at = (name: FieldName): number => fields.get(name) ?? NaN;
  const gilStart = at('interpreter_state.gil_runtime_state');
  const frame: FrameLayout = {
    ...format.traits,
    size: at('interpreter_frame.localsplus'),
    previous: at('interpreter_frame.previous'),
    // Not in the table; the field follows `previous` in the header.
    callable: at('interpreter_frame.previous') + FIELD_BYTES,
    isNullBelowFunction: false,
    executable: at('interpreter_frame.executable'),
    instruction: at('interpreter_frame.instr_ptr'),
    // Not in the table of 3.13, where it follows the instruction; a pointer in newer versions, which clear popped frames.
    stackTop: format.traits.isClearedWhenPopped ? undefined : at('interpreter_frame.instr_ptr') + FIELD_BYTES,
    owner: at('interpreter_frame.owner'),
    isEntry: undefined,
    firstShimOwner: FIRST_SHIM_OWNER,
  };
  return {
    isFreeThreaded: at('free_threaded') !== 0,
    layout: {
      version: format.version,
      stackKind: 'data-stack',
      interpretersHead: at('runtime_state.interpreters_head'),
      interpreter: {
        next: at('interpreter_state.next'),
        threadsHead: at('interpreter_state.threads_head'),
        modules: at('interpreter_state.imports_modules'),
      },
      gil: {
        place: { kind: 'pointed-to-by-interpreter', pointer: at('interpreter_state.ceval_gil') },
        holder: at('interpreter_state.gil_runtime_state_holder') - gilStart,
        isLocked: at('interpreter_state.gil_runtime_state_locked') - gilStart,
      },
      thread: {
        next: at('thread_state.next'),
        interpreter: at('thread_state.interp'),
        pythonId: at('thread_state.thread_id'),
        nativeId: { kind: 'in-thread', nativeId: at('thread_state.native_thread_id') },
        isBoundToRunner: true,
        current: { kind: 'in-thread', currentFrame: at('thread_state.current_frame') },
        baseFrame: fields.get('thread_state.base_frame'),
        chunk: at('thread_state.datastack_chunk'),
        // Not in the table; the field follows the chunk's in pystate.h.
        chunkTop: at('thread_state.datastack_chunk') + FIELD_BYTES,
      },
      frame,
      code: {
        size: at('code_object.co_code_adaptive'),
        // PyVarObject.ob_size, which the table gives for tuples only.
        units: { kind: 'in-code', units: at('tuple_object.ob_size') },
        firstLine: at('code_object.firstlineno'),
        file: at('code_object.filename'),
        name: at('code_object.name'),
        qualifiedName: at('code_object.qualname'),
        localNames: at('code_object.localsplusnames'),
        locations: at('code_object.linetable'),
        lineFormat: 'locations',
        instructions: at('code_object.co_code_adaptive'),
      },
      text: {
        length: at('unicode_object.length'),
        state: at('unicode_object.state'),
        asciiData: at('unicode_object.asciiobject_size'),
        compactData: at('unicode_object.asciiobject_size') + COMPACT_TEXT_EXTRA_BYTES,
      },
      tuple: { length: at('tuple_object.ob_size'), items: at('tuple_object.ob_item') },
      bytes: { length: at('bytes_object.ob_size'), data: at('bytes_object.ob_sval') },
      dict: {
        keys: at('dict_object.ma_keys'),
        keysObject: DICT_KEYS,
        values: at('dict_object.ma_values'),
        firstValue: FIELD_BYTES,
      },
      type: {
        flags: at('type_object.tp_flags'),
        instanceSize: fields.get('type_object.tp_basicsize') ?? TYPE_BEFORE_3_15.instanceSize,
        sharedKeys: fields.get('heap_type_object.ht_cached_keys') ?? TYPE_BEFORE_3_15.sharedKeys,
      },
      attributes: INLINE_ATTRIBUTES,
    },
  };
};

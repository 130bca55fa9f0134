/**
 * Where the fields that we read lie in the structures of one minor version of CPython. Offsets are in bytes from the start of the structure.
 * Readers never compare versions: what differs between versions differs here.
 */

/** Where the pointer to a thread's current frame is: in the thread state, or in a structure on the C stack that the thread state points to. */
export type CurrentFrameLocation =
  | { readonly kind: 'in-thread'; readonly currentFrame: number }
  | { readonly kind: 'in-c-frame'; readonly cFrame: number; readonly currentFrame: number };

/** Where the kernel's id of a thread is: in the thread state, or in the C library's own structure, at the address that is the thread's `pythonId`. */
export type NativeIdPlace =
  | { readonly kind: 'in-thread'; readonly nativeId: number }
  | { readonly kind: 'in-pthread'; readonly self: number; readonly nativeId: number };

export interface ThreadLayout {
  readonly next: number;
  readonly interpreter: number;
  readonly pythonId: number;
  readonly nativeId: NativeIdPlace;
  /** Whether a state has the ids of the thread that runs it (since 3.13), not of the one that made it. */
  readonly isBoundToRunner: boolean;
}

export interface DataStackThreadLayout extends ThreadLayout {
  readonly current: CurrentFrameLocation;
  /** Pointer to the sentinel below the outermost frame, where there is one. */
  readonly baseFrame: number | undefined;
  readonly chunk: number;
  /** End of what is in use in the current chunk. */
  readonly chunkTop: number;
}

/** An instruction that starts a Python function without putting it on the evaluation stack, and the length of its inline cache. */
export interface WitnesslessCall {
  readonly opcode: number;
  readonly cacheUnits: number;
}

/** Opcodes from one to another, both included. */
export interface OpcodeRange {
  readonly first: number;
  readonly last: number;
}

/** `_PyInterpreterFrame`: frames in the chunks of the thread's data stack, in generators, or (shims, for calls from C) on the C stack. */
export interface FrameLayout {
  /** Bytes up to the local variables, one pointer each: what has to be read of a frame. */
  readonly size: number;
  readonly previous: number;
  /** The function object (`f_funcobj`). */
  readonly callable: number;
  /**
   * Whether a call has its null below the function on the evaluation stack (up to 3.12): its result then goes to the null's place, and the function stays behind in its own. Newer
   * versions have the null above, and the result takes the function's place.
   */
  readonly isNullBelowFunction: boolean;
  readonly executable: number;
  /** Low bits of `executable` that do not belong to the address. */
  readonly executableTagMask: number;
  /** Whether `executable` is cleared before a frame is popped, so that a null on top is a frame on its way out. */
  readonly isClearedWhenPopped: boolean;
  readonly instruction: number;
  /** 32-bit height of the evaluation stack, -1 while the frame itself runs; not needed where popped frames are cleared. */
  readonly stackTop: number | undefined;
  readonly owner: number;
  /** A byte that is not 0 in frames entered from C; newer versions have shims for that. */
  readonly isEntry: number | undefined;
  /** Owners from this value on are shims without code of the program. */
  readonly firstShimOwner: number | undefined;
  readonly callsWithoutWitness: readonly WitnesslessCall[];
  /** The instructions that start a Python function which is on the evaluation stack, and those that may hide one; not needed where {@link stackTop} tells a call. */
  readonly callInstructions: readonly OpcodeRange[] | undefined;
}

/** A thread state that points to the topmost of a list of frame objects. */
export interface FrameObjectThreadLayout extends ThreadLayout {
  readonly frame: number;
}

/** `PyFrameObject`: an object of its own for each call, kept and used again for the next call of the same function. */
export interface FrameObjectLayout {
  /** Bytes up to the local variables, one pointer each: what has to be read of a frame. */
  readonly size: number;
  readonly previous: number;
  readonly code: number;
  /** 32-bit position of the last instruction, -1 before the first. */
  readonly instruction: number;
  /** Code units that one step of `instruction` stands for. */
  readonly unitsPerStep: number;
  /** A byte that says whether the frame is on a stack, and its value then. */
  readonly state: number;
  readonly executing: number;
}

/** Where a code object has the number of its code units: in itself, or half the length of the bytes object it points to. */
export type CodeUnitsPlace =
  { readonly kind: 'in-code'; readonly units: number } | { readonly kind: 'in-bytes'; readonly instructions: number };

/**
 * - `changes`: `co_lnotab`, bytes of code and lines by which both grow.
 * - `ranges`: `co_linetable` of PEP 626, the same with ranges that belong to no line.
 * - `locations`: `co_linetable` of PEP 657, with columns.
 */
export type LineTableFormat = 'changes' | 'ranges' | 'locations';

export interface CodeLayout {
  readonly size: number;
  readonly units: CodeUnitsPlace;
  readonly firstLine: number;
  readonly file: number;
  readonly name: number;
  /** The plain name where there is no other. */
  readonly qualifiedName: number;
  /** Tuple of the names of local variables, in the order in which frames have their values. */
  readonly localNames: number;
  readonly locations: number;
  readonly lineFormat: LineTableFormat;
}

export interface DataStackCodeLayout extends CodeLayout {
  /** First instruction, within the code object itself. */
  readonly instructions: number;
}

export interface TextLayout {
  readonly length: number;
  readonly state: number;
  /** First data byte of a compact ASCII string. */
  readonly asciiData: number;
  /** First data byte of a compact string that is not ASCII; in strings that are not compact, the pointer to the data. */
  readonly compactData: number;
}

/** Items lie in the tuple itself. */
export interface TupleLayout {
  readonly length: number;
  readonly items: number;
}

export interface BytesLayout {
  readonly length: number;
  readonly data: number;
}

/** The GIL's structure: at an offset in the runtime, or pointed to by the interpreter. */
export interface GilLayout {
  readonly place:
    | { readonly kind: 'in-runtime'; readonly offset: number }
    | { readonly kind: 'pointed-to-by-interpreter'; readonly pointer: number };
  readonly holder: number;
  readonly isLocked: number;
}

/**
 * `PyDictKeysObject`: how long its index is, the number of entries used, and behind the index those entries: key and value of 8 bytes each, in the
 * general kind preceded by the key's hash.
 * - `bytes`: the index is 2 to the power of a byte long; another byte says which kind the entries are of.
 * - `slots`: a number of slots, each as wide as their number needs; all entries are of the general kind.
 */
export interface DictKeysLayout {
  readonly indexSize:
    | { readonly kind: 'bytes'; readonly sizeLog2: number; readonly entryKind: number }
    | { readonly kind: 'slots'; readonly slots: number };
  readonly used: number;
  readonly index: number;
}

export interface DictLayout {
  /** Pointer to the keys. */
  readonly keys: number;
  readonly keysObject: DictKeysLayout;
  /** Pointer to the values where they are apart from their keys, which they then share with other dicts; else null. */
  readonly values: number;
  /** First value in such values. */
  readonly firstValue: number;
}

export interface TypeLayout {
  readonly flags: number;
  /** Length of an instance. */
  readonly instanceSize: number;
  /** Pointer to the keys that the attributes of all instances share. */
  readonly sharedKeys: number;
}

/**
 * Where an instance of a class has its attributes; offsets are from the instance, which is preceded by what the interpreter keeps of it.
 * - `two-pointers`: one to values whose keys the type has, or null; then one to a dict.
 * - `tagged-pointer`: odd and one less than the address of such values, or even: a dict's.
 * - `inline`: values right behind the instance where its type says so and while they are valid; else a pointer to a dict.
 * - `type-says`: a pointer to a dict, within the instance, at the offset that its type has.
 */
export type AttributePlace =
  | { readonly kind: 'two-pointers'; readonly values: number; readonly dict: number }
  | { readonly kind: 'tagged-pointer'; readonly pointer: number }
  | { readonly kind: 'inline'; readonly dict: number; readonly isValid: number }
  | { readonly kind: 'type-says'; readonly dictOffset: number };

interface CommonLayout {
  /** As in `3.11`. */
  readonly version: string;
  readonly interpretersHead: number;
  readonly interpreter: {
    readonly next: number;
    readonly threadsHead: number;
    /** Pointer to the dict of imported modules. */
    readonly modules: number;
  };
  readonly gil: GilLayout;
  readonly text: TextLayout;
  readonly bytes: BytesLayout;
  readonly tuple: TupleLayout;
  readonly dict: DictLayout;
  readonly type: TypeLayout;
  readonly attributes: AttributePlace;
}

/** Frames lie one behind the other in chunks of memory that belong to the thread. */
export interface DataStackLayout extends CommonLayout {
  readonly stackKind: 'data-stack';
  readonly thread: DataStackThreadLayout;
  readonly frame: FrameLayout;
  readonly code: DataStackCodeLayout;
}

/** Frames are objects anywhere on the heap. */
export interface FrameObjectsLayout extends CommonLayout {
  readonly stackKind: 'frame-objects';
  /** The runtime's pthread id of the main thread, by which {@link NativeIdPlace} is put to the test. */
  readonly mainThread: number;
  readonly thread: FrameObjectThreadLayout;
  readonly frame: FrameObjectLayout;
  readonly code: CodeLayout;
}

export type StructLayout = DataStackLayout | FrameObjectsLayout;

/**
 * glibc on x86_64: `struct pthread` begins with a thread control block, which points to itself at 16, and has the thread's `tid` behind it and a list. The
 * same in every release of glibc since 2.4; other C libraries are told by the check of the main thread.
 */
export const PTHREAD_ID: NativeIdPlace = { kind: 'in-pthread', self: 16, nativeId: 720 };

/** `PyObject.ob_type` and `PyVarObject.ob_size`, the same in every supported version with a GIL. */
export const OBJECT_TYPE_OFFSET = 8;
export const OBJECT_SIZE_OFFSET = 16;
/** `PyLongObject.ob_digit` up to 3.11, whose size is the number of its digits. */
export const INT_DIGITS_OFFSET = 24;

/** `PyFloatObject.ob_fval`, the same in every supported version. */
export const FLOAT_VALUE_OFFSET = 16;

/** `PyFunctionObject.func_code`, the same from 3.11 to 3.15 with the GIL. */
export const FUNCTION_CODE_OFFSET = 48;

/** `PyModuleObject.md_dict`, the same in every supported version. */
export const MODULE_DICT_OFFSET = 16;

/** `PyDictKeysObject` from 3.11 to 3.15 with the GIL … */
export const DICT_KEYS: DictKeysLayout = {
  indexSize: { kind: 'bytes', sizeLog2: 9, entryKind: 10 },
  used: 24,
  index: 32,
};
/** … and before. */
export const DICT_KEYS_WITH_SLOTS: DictKeysLayout = { indexSize: { kind: 'slots', slots: 8 }, used: 32, index: 40 };
export const DICT_ENTRIES = { generalKind: 0, largestKind: 2, bytes: 16, generalBytes: 24 } as const;

/** Bits of `tp_flags`: values behind the instance (since 3.13), attributes kept by the interpreter, class made by a program. */
export const TYPE_FLAGS = { inlineValues: 1 << 2, managedDict: 1 << 4, heapType: 1 << 9 } as const;

/** `_PyStackChunk`, the same since 3.11: previous chunk, size in bytes, used words of a chunk that is not current, data. */
export const STACK_CHUNK = { previous: 0, size: 8, usedWords: 16, data: 24 } as const;
/** The first word of the first chunk is left free, so that its first frame can be told from an empty chunk. */
export const FIRST_FRAME_IN_ROOT_CHUNK = STACK_CHUNK.data + 8;

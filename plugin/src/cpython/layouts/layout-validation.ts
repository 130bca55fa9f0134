/**
 * Contract: a layout may come from the target's memory, so it is untrusted. Every offset that a reader uses is listed here and checked once: it is whole,
 * within its structure's largest sensible size, and aligned to its field. After that, reading a structure of {@link MAX_STRUCT_BYTES} or less
 * and taking a field from it needs no check.
 */
import type { DataStackLayout, FrameObjectsLayout, StructLayout } from './struct-layout.ts';

/** Thread states, frames, code and string objects are a few hundred bytes each in every version so far. */
export const MAX_STRUCT_BYTES = 4096;
/** The interpreter state is up to 400 KB, the runtime up to 500 KB. */
export const MAX_STATE_BYTES = 16 * 1024 * 1024;

interface FieldRule {
  readonly name: string;
  readonly offset: number;
  readonly limit: number;
  readonly alignment: number;
}

const offsetsInUse = (layout: StructLayout): FieldRule[] => {
  const { thread, code, text, bytes, gil, interpreter, dict, type } = layout;
  const rules: FieldRule[] = [];
  const field: AddField = (name, offset, limit, alignment) => {
    rules.push({ name, offset, limit, alignment });
  };
  field('runtime.interpreters_head', layout.interpretersHead, MAX_STATE_BYTES, 8);
  field('interpreter.next', interpreter.next, MAX_STATE_BYTES, 8);
  field('interpreter.threads_head', interpreter.threadsHead, MAX_STATE_BYTES, 8);
  field('interpreter.imports.modules', interpreter.modules, MAX_STATE_BYTES, 8);
  field('gil', gil.place.kind === 'in-runtime' ? gil.place.offset : gil.place.pointer, MAX_STATE_BYTES, 8);
  field('gil.holder', gil.holder, MAX_STRUCT_BYTES, 8);
  field('gil.locked', gil.isLocked, MAX_STRUCT_BYTES, 4);
  field('thread.next', thread.next, MAX_STRUCT_BYTES, 8);
  field('thread.interp', thread.interpreter, MAX_STRUCT_BYTES, 8);
  field('thread.thread_id', thread.pythonId, MAX_STRUCT_BYTES, 8);
  const isOwnId = thread.nativeId.kind === 'in-thread';
  field('thread.native_thread_id', thread.nativeId.nativeId, MAX_STRUCT_BYTES, isOwnId ? 8 : 4);
  field('code.size', code.size, MAX_STRUCT_BYTES, 8);
  field('code.units', code.units.kind === 'in-code' ? code.units.units : code.units.instructions, code.size, 8);
  field('code.firstlineno', code.firstLine, code.size, 4);
  field('code.filename', code.file, code.size, 8);
  field('code.name', code.name, code.size, 8);
  field('code.qualname', code.qualifiedName, code.size, 8);
  field('code.localsplusnames', code.localNames, code.size, 8);
  field('code.linetable', code.locations, code.size, 8);
  field('unicode.length', text.length, text.asciiData, 8);
  field('unicode.state', text.state, text.asciiData, 4);
  field('unicode.asciiobject_size', text.asciiData, MAX_STRUCT_BYTES, 8);
  field('unicode.compactunicodeobject_size', text.compactData, MAX_STRUCT_BYTES, 8);
  field('bytes.ob_size', bytes.length, bytes.data, 8);
  field('bytes.ob_sval', bytes.data, MAX_STRUCT_BYTES, 1);
  field('tuple.ob_size', layout.tuple.length, layout.tuple.items, 8);
  field('tuple.ob_item', layout.tuple.items, MAX_STRUCT_BYTES, 8);
  field('dict.ma_keys', dict.keys, MAX_STRUCT_BYTES, 8);
  field('dict.ma_values', dict.values, MAX_STRUCT_BYTES, 8);
  field('type.tp_flags', type.flags, MAX_STRUCT_BYTES, 8);
  field('type.tp_basicsize', type.instanceSize, MAX_STRUCT_BYTES, 8);
  field('type.ht_cached_keys', type.sharedKeys, MAX_STRUCT_BYTES, 8);
  if (layout.stackKind === 'data-stack') addDataStackRules(layout, field);
  else addFrameObjectRules(layout, field);
  return rules;
};

type AddField = (name: string, offset: number, limit: number, alignment: number) => void;

const addDataStackRules = ({ thread, frame, code }: DataStackLayout, field: AddField): void => {
  const { current } = thread;
  for (const [name, offset] of Object.entries({
    current_frame: current.kind === 'in-thread' ? current.currentFrame : current.cFrame,
    base_frame: thread.baseFrame ?? 0,
    datastack_chunk: thread.chunk,
    datastack_top: thread.chunkTop,
  }))
    field(`thread.${name}`, offset, MAX_STRUCT_BYTES, 8);
  field('frame.size', frame.size, MAX_STRUCT_BYTES, 8);
  field('frame.previous', frame.previous, frame.size, 8);
  field('frame.f_funcobj', frame.callable, frame.size, 8);
  field('frame.executable', frame.executable, frame.size, 8);
  field('frame.instr_ptr', frame.instruction, frame.size, 8);
  field('frame.stacktop', frame.stackTop ?? 0, frame.size, 4);
  field('frame.owner', frame.owner, frame.size, 1);
  field('frame.is_entry', frame.isEntry ?? 0, frame.size, 1);
  field('code.co_code_adaptive', code.instructions, MAX_STRUCT_BYTES, 2);
};

const addFrameObjectRules = ({ mainThread, thread, frame }: FrameObjectsLayout, field: AddField): void => {
  field('runtime.main_thread', mainThread, MAX_STATE_BYTES, 8);
  field('thread.frame', thread.frame, MAX_STRUCT_BYTES, 8);
  field('frame.size', frame.size, MAX_STRUCT_BYTES, 8);
  field('frame.f_back', frame.previous, frame.size, 8);
  field('frame.f_code', frame.code, frame.size, 8);
  field('frame.f_lasti', frame.instruction, frame.size, 4);
  field('frame.f_state', frame.state, frame.size, 1);
};

/** What is wrong with the layout, or undefined. */
export const findLayoutFault = (layout: StructLayout): string | undefined => {
  const fault = offsetsInUse(layout).find(
    ({ offset, limit, alignment }) =>
      !Number.isSafeInteger(offset) || offset < 0 || offset > limit || offset % alignment !== 0,
  );
  return fault && `offset ${fault.offset} of ${fault.name} is not possible`;
};

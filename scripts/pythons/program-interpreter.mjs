/** The name of the dynamic loader in an ELF program, which the kernel starts in its place. */

const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
const PT_INTERP = 3;
/** 64-bit ELF: header fields, and fields of a program header. */
const HEADER = { segments: 32, segmentBytes: 54, segmentCount: 56 };
const SEGMENT = { type: 0, offset: 8, fileBytes: 32 };

const findInterpreter = (program) => {
  if (!program.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('Not a 64-bit little-endian ELF program.');
  const first = Number(program.readBigUInt64LE(HEADER.segments));
  const bytes = program.readUInt16LE(HEADER.segmentBytes);
  for (let index = 0; index < program.readUInt16LE(HEADER.segmentCount); index++) {
    const segment = first + index * bytes;
    if (program.readUInt32LE(segment + SEGMENT.type) !== PT_INTERP) continue;
    const start = Number(program.readBigUInt64LE(segment + SEGMENT.offset));
    return program.subarray(start, start + Number(program.readBigUInt64LE(segment + SEGMENT.fileBytes)));
  }
  throw new Error('The program names no dynamic loader.');
};

const toText = (name) => name.subarray(0, name.indexOf(0)).toString();

export const interpreterOf = (program) => toText(findInterpreter(program));

/** Overwrites the name in place; there is room for one as long as that which was there, and no longer. */
export const setInterpreter = (program, loader) => {
  const name = findInterpreter(program);
  if (Buffer.byteLength(loader) >= name.length)
    throw new Error(`The path of the dynamic loader may have ${name.length - 1} bytes: ${loader}`);
  name.fill(0);
  name.write(loader);
};

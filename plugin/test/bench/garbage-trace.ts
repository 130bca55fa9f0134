/** What Node prints with `--trace-gc`: of each collection, the heap before and after. */

/** `[PID:isolate]    693 ms: Incremental Mark-Compact 12.5 (16.2) -> 10.8 (16.2) MB, …` */
const FULL_COLLECTION =
  /^\[\d+:(0x[\da-f]+)\]\s+(\d+) ms: .*Mark-Compact.* [\d.]+ \([\d.]+\) -> ([\d.]+) \([\d.]+\) MB/;
const MILLISECONDS_PER_SECOND = 1000;
const BYTES_PER_MEBIBYTE = 1024 * 1024;

/** What was in use after everything that could be freed was. */
export interface FullCollection {
  /** Each thread of Node has a heap of its own. */
  readonly heap: string;
  readonly seconds: number;
  readonly usedBytes: number;
}

/** Undefined for a line that is of something else, or of a collection of young objects alone. */
export const parseFullCollection = (line: string): FullCollection | undefined => {
  const [, heap, milliseconds, mebibytes] = FULL_COLLECTION.exec(line) ?? [];
  if (heap === undefined) return undefined;
  return {
    heap,
    seconds: Number(milliseconds) / MILLISECONDS_PER_SECOND,
    usedBytes: Number(mebibytes) * BYTES_PER_MEBIBYTE,
  };
};

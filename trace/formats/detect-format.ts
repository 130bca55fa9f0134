/** What a file is, told from its first bytes: the one place that knows all formats that can be opened. */

export type FileFormat = 'gzip' | 'bbprof' | 'original-plugin' | 'unknown';

/** How many first bytes {@link detectFormat} looks at; fewer are enough where the file is shorter. */
export const DETECTED_BYTES = 1024;

const GZIP_MAGIC = [0x1f, 0x8b];
const TRACE_START = '{"kind":"header"';
const FIRST_KEY = /^\{\s*"([^"]*)"\s*:/;
const ORIGINAL_KEYS = ['gatherperiod', 'frequency', 'frames', 'samples', 'builds'];
const BOM = '\uFEFF';

/** `gzip` says nothing of what is inside: look again at the first bytes within. */
export const detectFormat = (firstBytes: Uint8Array): FileFormat => {
  if (GZIP_MAGIC.every((byte, position) => firstBytes[position] === byte)) {
    return 'gzip';
  }
  const text = new TextDecoder('utf-8').decode(firstBytes.subarray(0, DETECTED_BYTES)).replace(BOM, '').trimStart();
  const compact = text.slice(0, TRACE_START.length * 2).replaceAll(' ', '');
  // A trace cut within its first line is still a trace, and its reader says better what is wrong with it.
  if (compact !== '' && (compact.startsWith(TRACE_START) || TRACE_START.startsWith(compact))) {
    return 'bbprof';
  }
  const firstKey = FIRST_KEY.exec(text)?.[1];
  if (firstKey !== undefined && ORIGINAL_KEYS.includes(firstKey)) {
    return 'original-plugin';
  }
  return /"format"\s*:\s*"bbprof"/.test(text) ? 'bbprof' : 'unknown';
};

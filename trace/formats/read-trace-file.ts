import { readTraceLines, type TraceCompleteness } from '../contract/codec.ts';
import { ProfilerError } from '../contract/errors.ts';
import { badTrace } from '../contract/field-decoder.ts';
import type { TraceLine } from '../contract/trace-lines.ts';
import { parseCollapsed } from './collapsed-import.ts';
import { parseCpuProfile } from './cpuprofile-import.ts';
import { detectFormat, detectJsonFormat } from './detect-format.ts';
import { parseFirefoxProfile } from './firefox-profile-import.ts';
import { parseOriginalPlugin } from './original-plugin.ts';
import { joinBytes, peekBytes } from './peek-bytes.ts';
import { parsePprof } from './pprof-import.ts';
import { parseSpeedscope } from './speedscope-import.ts';

/** Text of formats that cannot be read line by line: V8's longest string is a little more. */
const MAX_WHOLE_BYTES = 500 * 1024 * 1024;

/**
 * Reads a file of any format that can be opened, from plain bytes: the caller looks at the first ones with `detectFormat`, un-gzips,
 * and takes the recording out of a report with `unwrapReport`.
 */
export async function* readTraceFile(
  source: AsyncIterable<Uint8Array>,
  maxWholeBytes: number = MAX_WHOLE_BYTES,
): AsyncGenerator<TraceLine, TraceCompleteness> {
  const { firstBytes, all } = await peekBytes(source);
  switch (detectFormat(firstBytes)) {
    case 'bbprof':
      return yield* readTraceLines(all);
    case 'original-plugin':
      yield* parseOriginalPlugin(await loadText(all, maxWholeBytes));
      return 'complete';
    case 'json':
      yield* parseJsonProfile(await loadText(all, maxWholeBytes));
      return 'complete';
    case 'pprof':
      yield* parsePprof(await loadBytes(all, maxWholeBytes));
      return 'complete';
    case 'collapsed':
      yield* parseCollapsed(await loadText(all, maxWholeBytes));
      return 'complete';
    case 'gzip':
      throw badTrace('The file is compressed twice');
    case 'report':
      throw badTrace('The report is within a report');
    case 'unknown':
      if (firstBytes.length === 0) {
        // An empty file is a trace that was cut at its very start.
        return yield* readTraceLines(all);
      }
      throw unknownFormat();
  }
}

const unknownFormat = (): ProfilerError =>
  badTrace('The file is neither a trace nor a recording of any other format that can be opened');

const parseJsonProfile = (text: string): Generator<TraceLine, void> => {
  let value: unknown;
  // JSON.parse throws a SyntaxError on anything that is not JSON, a file that was cut included: these formats cannot be read in part.
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProfilerError('bad-trace', 'The file is not JSON text, or only a part of it', {}, { cause: error });
  }
  switch (detectJsonFormat(value)) {
    case 'original-plugin':
      return parseOriginalPlugin(text);
    case 'speedscope':
      return parseSpeedscope(value);
    case 'firefox':
      return parseFirefoxProfile(value);
    case 'cpuprofile':
      return parseCpuProfile(value);
    case 'unknown':
      throw unknownFormat();
  }
};

/** The blocks of a file that is not longer than the cap. */
async function* loadBlocks(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array, void> {
  let length = 0;
  for await (const block of source) {
    length += block.length;
    if (length > maxBytes) {
      throw badTrace(`The file is larger than ${maxBytes} bytes`, { cap: maxBytes });
    }
    yield block;
  }
}

const loadText = async (source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> => {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const parts: string[] = [];
  for await (const block of loadBlocks(source, maxBytes)) {
    parts.push(decodeUtf8(utf8, block));
  }
  parts.push(decodeUtf8(utf8, undefined));
  return parts.join('');
};

const loadBytes = async (source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> => {
  const blocks: Uint8Array[] = [];
  for await (const block of loadBlocks(source, maxBytes)) {
    // Copied, since a reader may fill the same buffer again for its next block.
    blocks.push(block.slice());
  }
  return joinBytes(blocks);
};

const decodeUtf8 = (utf8: TextDecoder, block: Uint8Array | undefined): string => {
  // A TypeError from bytes that are no UTF-8.
  try {
    return block === undefined ? utf8.decode() : utf8.decode(block, { stream: true });
  } catch {
    throw badTrace('The file is not UTF-8 text');
  }
};

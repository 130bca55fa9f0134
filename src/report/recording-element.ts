/** The recording as it lies in the page: a script element that no browser runs, with base64 in it. */
import { WEIGHTS, type Weight } from '#trace/analysis/selection.ts';
import { decodeBase64 } from '#trace/formats/base64.ts';
import { toStream } from '../app/profiler/worker/byte-stream.ts';

const ELEMENT_ID = 'bbp-recording';
/** Decoded at once: few enough to let the page breathe. */
const LETTERS_AT_ONCE = 256 * 1024;

export interface PackedRecording {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Bytes of it, near enough for telling how far reading is. */
  readonly size: number;
  /** The weight to show first, where whoever made the report chose one. */
  readonly weight: Weight | undefined;
}

/** Takes the recording out of the page. Absent where the page has none. */
export const takeRecording = (root: Document): PackedRecording | undefined => {
  const holder = root.getElementById(ELEMENT_ID);
  if (holder === null) return undefined;
  const letters = holder.textContent;
  holder.remove();
  const { weight } = holder.dataset;
  return {
    stream: toStream(decodeBase64(cutLetters(letters))),
    size: (letters.length / 4) * 3,
    weight: WEIGHTS.find((known) => known === weight),
  };
};

async function* cutLetters(letters: string): AsyncGenerator<Uint8Array, void> {
  const ascii = new TextEncoder();
  for (let at = 0; at < letters.length; at += LETTERS_AT_ONCE)
    yield ascii.encode(letters.slice(at, at + LETTERS_AT_ONCE));
}

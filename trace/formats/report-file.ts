/**
 * A report is a page that shows a recording on its own, with the recording in it: packed with gzip, as base64 in a script element that no
 * browser runs. Base64 has neither `<` nor `&`, so no name in a recording can end that element. A report holds everything; it opens again
 * as the recording that it was made from.
 */
import { badTrace } from '../contract/field-decoder.ts';
import { ProfilerError } from '../contract/errors.ts';
import type { Weight } from '../analysis/selection.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { detectFormat } from './detect-format.ts';
import { joinBytes, peekBytes } from './peek-bytes.ts';

/** Where in the page the recording goes: stands in it once. */
export const REPORT_SLOT = '<!-- recording -->';

const DATA_START = '<script id="bbp-recording" type="application/gzip"';
const TAG_START = '<'.charCodeAt(0);
const TAG_END = '>'.charCodeAt(0);
/** The page alone is a twentieth of this, and no report has anything else before its recording. */
export const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** Takes away what a page has around its recording; any other file comes as it is. Bytes are plain before and after. */
export async function* unwrapReport(
  source: AsyncIterable<Uint8Array>,
  gunzip: Gunzip,
): AsyncGenerator<Uint8Array, void> {
  const { firstBytes, all } = await peekBytes(source);
  yield* detectFormat(firstBytes) === 'report' ? gunzip(parseReport(all)) : all;
}

/** Who reads files unpacks them: of a packed file that is cut comes what there is. */
export type Gunzip = (packed: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** The page with a recording in it, which the page shows by `weight` at first. */
export async function* formatReport(
  page: string,
  packedTrace: AsyncIterable<Uint8Array>,
  weight: Weight | undefined,
): AsyncGenerator<string | Uint8Array, void> {
  const [head, tail, ...more] = page.split(REPORT_SLOT);
  if (head === undefined || tail === undefined || more.length > 0) {
    throw new ProfilerError('internal', 'The page of reports has not one place for a recording');
  }
  const letters = encodeBase64(packedTrace);
  // Read first: what is wrong with a trace can be told better before anything of its report is.
  const first = await letters.next();
  yield `${head}${DATA_START}${weight === undefined ? '' : ` data-weight="${weight}"`}>`;
  if (first.done !== true) {
    yield first.value;
  }
  yield* letters;
  yield `</script>${tail}`;
}

/**
 * The recording in a report, still packed. Of a report that was cut comes what there is.
 * @throws ProfilerError 'bad-trace' where there is no recording in it
 */
export const parseReport = (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> =>
  decodeBase64(findData(source));

async function* findData(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let isFound = false;
  let head: Uint8Array = new Uint8Array();
  for await (const block of source) {
    let data = block;
    if (!isFound) {
      head = joinBytes([head, block]);
      const start = findStart(head);
      if (start < 0 && head.length > MAX_PAGE_BYTES) break;
      if (start < 0) continue;
      isFound = true;
      data = head.subarray(start);
    }
    const end = data.indexOf(TAG_START);
    yield end < 0 ? data : data.subarray(0, end);
    if (end >= 0) return;
  }
  if (!isFound) throw badTrace('The report has no recording in it');
}

const START_BYTES = Uint8Array.from(DATA_START, (letter) => letter.charCodeAt(0));

/** Position of the first letter of the recording; -1 where it has not come yet. */
const findStart = (page: Uint8Array): number => {
  for (let at = page.indexOf(TAG_START); at >= 0; at = page.indexOf(TAG_START, at + 1)) {
    if (!START_BYTES.every((byte, offset) => page[at + offset] === byte)) continue;
    const end = page.indexOf(TAG_END, at + START_BYTES.length);
    return end < 0 ? -1 : end + 1;
  }
  return -1;
};

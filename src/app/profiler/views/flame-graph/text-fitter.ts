/** Texts whose widths are kept: more than the functions of any recording that one looks at in an hour. */
const MAX_TEXTS = 20_000;
const ELLIPSIS = '…';
const FIRST_LOW_SURROGATE = 0xdc00;
const LAST_LOW_SURROGATE = 0xdfff;

interface MeasuredText {
  /** Of the first n + 1 characters, CSS pixels; NaN where nobody has asked yet. */
  readonly widths: Float32Array;
  /** What was shown last of it: a hand that drags changes few labels from one picture to the next. */
  lastLength: number;
  lastText: string;
}

/** Shortens text to the room it has, as `text-overflow: ellipsis` does. What was measured once is not measured again. */
export class TextFitter {
  readonly #measure: (text: string) => number;
  readonly #texts = new Map<string, MeasuredText>();
  readonly #ellipsisWidth: number;

  constructor(measure: (text: string) => number) {
    this.#measure = measure;
    this.#ellipsisWidth = measure(ELLIPSIS);
  }

  /** Empty where there is no room for a single letter. */
  fit(text: string, room: number): string {
    if (text === '') return '';
    const measured = this.#find(text);
    if (this.#width(text, measured, text.length) <= room) return text;
    let [fits, tooLong] = [0, text.length];
    while (fits + 1 < tooLong) {
      const middle = (fits + tooLong) >> 1;
      if (this.#width(text, measured, middle) + this.#ellipsisWidth <= room) fits = middle;
      else tooLong = middle;
    }
    return cut(text, measured, fits);
  }

  #find(text: string): MeasuredText {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= MAX_TEXTS) this.#texts.clear();
    const measured = { widths: new Float32Array(text.length).fill(Number.NaN), lastLength: 0, lastText: '' };
    this.#texts.set(text, measured);
    return measured;
  }

  #width(text: string, { widths }: MeasuredText, length: number): number {
    const known = widths[length - 1]!;
    if (!Number.isNaN(known)) return known;
    const width = this.#measure(text.slice(0, length));
    widths[length - 1] = width;
    return width;
  }
}

const cut = (text: string, measured: MeasuredText, fits: number): string => {
  const next = text.charCodeAt(fits);
  // A letter of two code units stays whole.
  const length = next >= FIRST_LOW_SURROGATE && next <= LAST_LOW_SURROGATE ? fits - 1 : fits;
  if (length <= 0) return '';
  if (measured.lastLength !== length) {
    measured.lastLength = length;
    measured.lastText = text.slice(0, length) + ELLIPSIS;
  }
  return measured.lastText;
};

import { closeSync, openSync, readSync } from 'node:fs';

const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const LETTER_a = 0x61;
const LETTER_f = 0x66;
const LETTER_x = 0x78;

/** Largest text read from one `/proc` file. The longest read here, `/proc/stat`, needs its first line only. */
const MAX_PROC_FILE_BYTES = 1024;
/** What was read last, of whichever file: texts are parsed before the next one is read. */
const BUFFER = Buffer.alloc(MAX_PROC_FILE_BYTES);

/**
 * A file of `/proc` that is read again and again through one kept-open descriptor (1.5 to 5 µs instead of 8 to 17 for open,
 * read, close), and parsed in place: no string is made of it. Only the file that was read last can be parsed.
 */
export class ProcFile {
  readonly #descriptor: number;
  #length = 0;
  #position = 0;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Undefined where the file is missing or may not be read. */
  static open(path: string): ProcFile | undefined {
    try {
      return new ProcFile(openSync(path, 'r'));
    } catch {
      // ENOENT, ESRCH: the process or thread is gone. EACCES: not ours to read. Callers treat both as "not known".
      return undefined;
    }
  }

  /** Reads the file anew. False once the thread or process behind it is gone. */
  reload(): boolean {
    this.#position = 0;
    try {
      this.#length = readSync(this.#descriptor, BUFFER, 0, MAX_PROC_FILE_BYTES, 0);
    } catch {
      // ESRCH: gone. EACCES, EPERM: its credentials changed.
      this.#length = 0;
    }
    return this.#length > 0;
  }

  /** Whether the text as last read begins with a digit. */
  beginsWithDigit(): boolean {
    const byte = this.#length > 0 ? BUFFER[0]! : 0;
    return byte >= ZERO && byte <= NINE;
  }

  /** The text as last read. */
  text(): string {
    return BUFFER.toString('latin1', 0, this.#length);
  }

  /** Moves behind the last occurrence of a byte; `comm` in `stat` may itself hold spaces and parentheses. */
  seekAfterLast(byte: number): void {
    this.#position = BUFFER.lastIndexOf(byte, this.#length - 1) + 1;
  }

  /** The first byte that is no space, which it also passes; 0 at the end. */
  nextByte(): number {
    while (this.#position < this.#length && BUFFER[this.#position] === SPACE) this.#position++;
    return this.#position < this.#length ? BUFFER[this.#position++]! : 0;
  }

  skipFields(count: number): void {
    for (let field = 0; field < count; field++) {
      while (this.#position < this.#length && BUFFER[this.#position] === SPACE) this.#position++;
      while (this.#position < this.#length && BUFFER[this.#position] !== SPACE) this.#position++;
    }
  }

  /** The next decimal number; 0 at the end or where there is none. */
  nextNumber(): number {
    while (this.#position < this.#length) {
      const byte = BUFFER[this.#position]!;
      if ((byte >= ZERO && byte <= NINE) || byte === MINUS) break;
      this.#position++;
    }
    let isNegative = false;
    if (BUFFER[this.#position] === MINUS) {
      isNegative = true;
      this.#position++;
    }
    let value = 0;
    for (; this.#position < this.#length; this.#position++) {
      const byte = BUFFER[this.#position]!;
      if (byte < ZERO || byte > NINE) break;
      value = value * 10 + (byte - ZERO);
    }
    return isNegative ? -value : value;
  }

  /** The next hexadecimal number, written with `0x`; 0 where there is none. */
  nextHexadecimal(): number {
    while (this.#position < this.#length && BUFFER[this.#position] !== LETTER_x) this.#position++;
    let value = 0;
    for (this.#position++; this.#position < this.#length; this.#position++) {
      const byte = BUFFER[this.#position]!;
      if (byte >= ZERO && byte <= NINE) value = value * 16 + (byte - ZERO);
      else if (byte >= LETTER_a && byte <= LETTER_f) value = value * 16 + (byte - LETTER_a + 10);
      else break;
    }
    return value;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

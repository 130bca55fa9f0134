import { ProfilerError } from './errors.ts';
import { MAX_NUMBER, MAX_STRING_LENGTH } from './trace-limits.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const badTrace = (message: string, fields: Readonly<Record<string, string | number>> = {}): ProfilerError =>
  new ProfilerError('bad-trace', message, fields);

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes the fields of one JSON object out, each checked for type and range. Fields it is not asked for are ignored. */
export class FieldDecoder {
  readonly path: string;
  readonly #object: JsonObject;

  constructor(value: unknown, path: string) {
    if (!isJsonObject(value)) {
      throw badTrace(`${path} is not an object`);
    }
    this.path = path;
    this.#object = value;
  }

  has(key: string): boolean {
    return this.#object[key] !== undefined;
  }

  /** Whether there is one, and it is not `null`. */
  hasValue(key: string): boolean {
    return this.#object[key] !== undefined && this.#object[key] !== null;
  }

  /** Anything: the caller checks it. */
  value(key: string): unknown {
    return this.#object[key];
  }

  text(key: string): string {
    const value = this.#object[key];
    if (typeof value !== 'string') {
      throw this.#wrong(key, 'a string');
    }
    if (value.length > MAX_STRING_LENGTH) {
      throw this.#wrong(key, `at most ${MAX_STRING_LENGTH} characters long`);
    }
    return value;
  }

  /** As other formats write a text that is not there: `null`, or no field at all. */
  textOrNull(key: string): string | undefined {
    const value = this.#object[key];
    return value === null || value === undefined ? undefined : this.text(key);
  }

  flag(key: string): boolean {
    const value = this.#object[key];
    if (typeof value !== 'boolean') {
      throw this.#wrong(key, 'true or false');
    }
    return value;
  }

  choice<T extends string>(key: string, choices: readonly T[]): T {
    const value = this.#object[key];
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      throw this.#wrong(key, `one of ${choices.join(', ')}`);
    }
    return found;
  }

  /** A finite number, fractional or not. */
  number(key: string, min = 0, max = MAX_NUMBER): number {
    const value = this.#object[key];
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      throw this.#wrong(key, `a number from ${min} to ${max}`);
    }
    return value;
  }

  wholeNumber(key: string, min = 0, max = MAX_NUMBER): number {
    const value = this.#object[key];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      throw this.#wrong(key, `a whole number from ${min} to ${max}`);
    }
    return value;
  }

  /** As Python writes a number that is not there: `null`, or no field at all. */
  wholeNumberOrNull(key: string, max = MAX_NUMBER): number | undefined {
    const value = this.#object[key];
    return value === null || value === undefined ? undefined : this.wholeNumber(key, 0, max);
  }

  object(key: string): FieldDecoder {
    return new FieldDecoder(this.#object[key], `${this.path}.${key}`);
  }

  /** Keys and values of an object that has one key per thing it holds. */
  entries(key: string, maxLength: number): readonly [string, unknown][] {
    const value = this.#object[key];
    if (!isJsonObject(value)) {
      throw this.#wrong(key, 'an object');
    }
    const entries = Object.entries(value);
    if (entries.length > maxLength) {
      throw this.#wrong(key, `at most ${maxLength} long`);
    }
    return entries;
  }

  objects(key: string, maxLength: number): FieldDecoder[] {
    return this.values(key, maxLength).map((item, index) => new FieldDecoder(item, `${this.path}.${key}[${index}]`));
  }

  texts(key: string, maxLength: number): readonly string[] {
    return this.#arrayOf(
      key,
      maxLength,
      (item): item is string => typeof item === 'string' && item.length <= MAX_STRING_LENGTH,
      `a string of at most ${MAX_STRING_LENGTH} characters`,
    );
  }

  numbers(key: string, maxLength: number, min = 0, max = MAX_NUMBER): readonly number[] {
    return this.#arrayOf(
      key,
      maxLength,
      (item): item is number => typeof item === 'number' && item >= min && item <= max,
      `a number from ${min} to ${max}`,
    );
  }

  wholeNumbers(key: string, maxLength: number, min = 0, max = MAX_NUMBER): readonly number[] {
    const items = this.values(key, maxLength);
    // Most of a trace goes through here: a check of its own is several times as fast as one that is handed in.
    for (let index = 0; index < items.length; index++) {
      const item = items[index];
      if (typeof item !== 'number' || !Number.isInteger(item) || item < min || item > max) {
        throw this.#wrong(`${key}[${index}]`, `a whole number from ${min} to ${max}`);
      }
    }
    return items as readonly number[];
  }

  /** An array of anything: the caller checks what is in it. */
  values(key: string, maxLength: number): readonly unknown[] {
    const value = this.#object[key];
    if (!Array.isArray(value)) {
      throw this.#wrong(key, 'an array');
    }
    if (value.length > maxLength) {
      throw this.#wrong(key, `at most ${maxLength} long`);
    }
    return value;
  }

  #arrayOf<T>(key: string, maxLength: number, isItem: (item: unknown) => item is T, wanted: string): readonly T[] {
    const items = this.values(key, maxLength);
    for (let index = 0; index < items.length; index++) {
      if (!isItem(items[index])) {
        throw this.#wrong(`${key}[${index}]`, wanted);
      }
    }
    return items as readonly T[];
  }

  #wrong(key: string, wanted: string): ProfilerError {
    return badTrace(`${this.path}.${key} is not ${wanted}`, { field: `${this.path}.${key}` });
  }
}

/**
 * Takes out of a trace what tells whose it is, so that it can be sent to somebody. Equal things stay equal and different ones different.
 *
 * - Paths keep what is the same on every machine: the part behind `site-packages` or the standard library's folder. Of any other file the
 *   folder becomes `/folder-1`: where a package of the user's own begins, a path does not tell.
 * - Builders, workers and the host become `builder-1`, `worker-1`, `host-1`. The command line, notes and the words about how the
 *   recording ended are left out, and of the executable its folder.
 * - Names of functions, files, threads and steps stay, and so do all times.
 */
import type { TraceChunk, TraceEnd, TraceEvent, TraceHeader, TraceLine } from '../contract/trace-lines.ts';

const REDACTED = '(redacted)';
/** Folders that are the same on every machine from here on, the more special first. */
const SHARED_FOLDERS = [
  /^.*[\\/]((?:site|dist)-packages[\\/].*)$/s,
  /[\\/]((?:lib(?:64)?[\\/]python3(?:\.\d+)?|python3\.\d+)[\\/].*)$/s,
];
const SEPARATOR = /[\\/]/;

/** The lines of a trace, redacted. */
export async function* redactTrace(lines: AsyncIterable<TraceLine>): AsyncGenerator<TraceLine, void> {
  const redactor = new TraceRedactor();
  for await (const line of lines) {
    yield redactor.redact(line);
  }
}

export class TraceRedactor {
  readonly #folders = new Pseudonyms('/folder-');
  readonly #builders = new Pseudonyms('builder-');
  readonly #workers = new Pseudonyms('worker-');
  readonly #hosts = new Pseudonyms('host-');
  readonly #paths = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** The lines of one trace, in their order. */
  redact(line: TraceLine): TraceLine {
    switch (line.kind) {
      case 'header':
        return this.#redactHeader(line);
      case 'chunk':
        return this.#redactChunk(line);
      case 'end':
        return withoutMessage(line);
    }
  }

  #redactHeader(header: TraceHeader): TraceHeader {
    const { target } = header;
    return {
      ...header,
      target: {
        ...target,
        commandLine: target.commandLine.length === 0 ? [] : [REDACTED],
        executable: target.executable.split(SEPARATOR).at(-1)!,
        host: target.host === '' ? '' : this.#hosts.of(target.host),
      },
    };
  }

  #redactChunk(chunk: TraceChunk): TraceChunk {
    return {
      ...chunk,
      // Told by their looks: no function of Python has a name with a separator in it, and a string's use may show in a later chunk only.
      strings: chunk.strings.map((text) => this.#redactPath(text)),
      events: chunk.events.map((event) => this.#redactEvent(event)),
    };
  }

  #redactEvent(event: TraceEvent): TraceEvent {
    switch (event.kind) {
      case 'build':
        return { ...event, builder: this.#builders.of(event.builder), worker: this.#workers.of(event.worker) };
      case 'note':
        return { ...event, text: REDACTED };
      case 'step':
      case 'suspension':
        return event;
    }
  }

  #redactPath(text: string): string {
    if (!SEPARATOR.test(text)) {
      return text;
    }
    const known = this.#paths.get(text);
    if (known !== undefined) {
      return known;
    }
    const redacted = this.#makeUnique(this.#shortenPath(text));
    this.#paths.set(text, redacted);
    this.#taken.add(redacted);
    return redacted;
  }

  #shortenPath(path: string): string {
    for (const folder of SHARED_FOLDERS) {
      const shared = folder.exec(path)?.[1];
      if (shared !== undefined) {
        return `/${shared.replaceAll('\\', '/')}`;
      }
    }
    const parts = path.split(SEPARATOR);
    const file = parts.pop()!;
    return `${this.#folders.of(parts.join('/'))}/${file}`;
  }

  /** Files of two environments may have the same place in each. */
  #makeUnique(path: string): string {
    let unique = path;
    for (let copy = 2; this.#taken.has(unique); copy++) {
      unique = `${path} (${copy})`;
    }
    return unique;
  }
}

const withoutMessage = ({ kind, at, reason }: TraceEnd): TraceEnd => ({ kind, at, reason });

/** One name instead of another, always the same one. */
class Pseudonyms {
  readonly #prefix: string;
  readonly #numbers = new Map<string, number>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  of(name: string): string {
    const number = this.#numbers.get(name) ?? this.#numbers.size + 1;
    this.#numbers.set(name, number);
    return `${this.#prefix}${number}`;
  }
}

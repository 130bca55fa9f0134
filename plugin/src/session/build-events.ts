import type { TraceLine } from '#trace/contract/trace-lines.ts';
import type { UnixMilliseconds } from '#trace/contract/units.ts';
import { toTraceEvent, type BuildLedger, type LedgerReader } from './build-ledger.ts';
import type { StartLineSource } from './line-source.ts';

/** A sampler whose chunks also bring what the ledger has: all of it in the first chunk of a recording, then what is new. */
export const withBuildEvents =
  (startSource: StartLineSource, ledger: BuildLedger): StartLineSource =>
  async (request, onLine) => {
    const events = new EventsOfRecording(ledger.open());
    try {
      const source = await startSource(request, (line) => onLine(events.addTo(line)));
      const close = (): void => events.close();
      source.finished.then(close, close);
      return source;
    } catch (error) {
      events.close();
      throw error;
    }
  };

class EventsOfRecording {
  readonly #reader: LedgerReader;
  #zero: UnixMilliseconds | undefined;

  constructor(reader: LedgerReader) {
    this.#reader = reader;
  }

  addTo(line: TraceLine): TraceLine {
    if (line.kind === 'header') {
      this.#zero = line.clock.startedAt;
      this.#reader.rewind();
    }
    const zero = this.#zero;
    if (line.kind !== 'chunk' || zero === undefined) return line;
    const news = this.#reader.takeNews();
    return news.length === 0
      ? line
      : { ...line, events: [...line.events, ...news.map((event) => toTraceEvent(event, zero))] };
  }

  close(): void {
    this.#reader.close();
  }
}

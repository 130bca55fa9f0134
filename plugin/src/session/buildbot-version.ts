import type { TargetDescription, TraceHeader, TraceLine } from '#trace/contract/trace-lines.ts';
import type { DescribeTarget, LineSource, StartLineSource } from './line-source.ts';

/** What a plugin says of its master, and nobody could read from outside. */
export class BuildbotVersion {
  readonly #version: string;

  constructor(version: string) {
    this.#version = version;
  }

  describe(describeTarget: DescribeTarget): DescribeTarget {
    return (pid) => this.#addTo(describeTarget(pid));
  }

  /** A sampler whose recordings say it in their headers. */
  start(startSource: StartLineSource): StartLineSource {
    return async (request, onLine): Promise<LineSource> => {
      const { header, stop, finished } = await startSource(request, (line) => onLine(this.#addToLine(line)));
      return { header: this.#addToHeader(header), stop, finished };
    };
  }

  #addToLine(line: TraceLine): TraceLine {
    return line.kind === 'header' ? this.#addToHeader(line) : line;
  }

  #addToHeader(header: TraceHeader): TraceHeader {
    return { ...header, target: this.#addTo(header.target) };
  }

  #addTo(target: TargetDescription): TargetDescription {
    return { ...target, buildbotVersion: this.#version };
  }
}

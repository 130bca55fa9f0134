import type { ExportFormat } from '../contract/api.ts';
import { encodeLine } from '../contract/codec.ts';
import type { TraceLine } from '../contract/trace-lines.ts';
import { firstWeight } from '../analysis/first-weight.ts';
import type { Selection, Weight } from '../analysis/selection.ts';
import { loadTraceModel } from '../model/load-trace-model.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { formatCollapsedLines } from './collapsed.ts';
import { formatCpuProfile } from './cpuprofile.ts';
import { formatFirefoxProfile } from './firefox-profile.ts';
import { formatPprof } from './pprof.ts';
import { redactTrace } from './redact-trace.ts';
import { formatReport } from './report-file.ts';
import { formatSpeedscope } from './speedscope.ts';

export interface Conversion {
  readonly format: ExportFormat;
  /** Absent: what the recording's mode shows first. A trace has all of them, whatever this says; a report shows this one first. */
  readonly weight?: Weight | undefined;
  readonly isRedacted?: boolean | undefined;
}

/** What an export takes from whoever asks for it: files and compression are not for this folder. */
export interface ExportHost {
  /** The page of reports, as it was built. */
  loadReportPage(): Promise<string>;
  gzip(text: AsyncIterable<string>): AsyncIterable<Uint8Array>;
}

/** Formats that hold what is selected and not all of a trace. They need all of it in memory first. */
export type SelectionFormat = Exclude<ExportFormat, 'bbprof' | 'html'>;

/** A trace as a file of a format, in parts. */
export async function* convertTrace(
  lines: AsyncIterable<TraceLine>,
  { format, weight, isRedacted }: Conversion,
  host: ExportHost,
): AsyncGenerator<string | Uint8Array, void> {
  const source = isRedacted === true ? redactTrace(lines) : lines;
  if (format === 'bbprof') {
    yield* encodeLines(source);
  } else if (format === 'html') {
    yield* formatReport(await host.loadReportPage(), host.gzip(encodeLines(source)), weight);
  } else {
    const model = await loadTraceModel(source);
    yield* formatTrace(model, format, { weight: weight ?? firstWeight(model.header?.mode) });
  }
}

async function* encodeLines(lines: AsyncIterable<TraceLine>): AsyncGenerator<string, void> {
  for await (const line of lines) {
    yield `${encodeLine(line)}\n`;
  }
}

/** What of a model is selected, in parts. */
export const formatTrace = (
  model: TraceModel,
  format: SelectionFormat,
  selection: Selection,
): Iterable<string | Uint8Array> => {
  switch (format) {
    case 'collapsed':
      return withLineEnds(formatCollapsedLines(model, selection));
    case 'speedscope':
      return formatSpeedscope(model, selection);
    case 'pprof':
      return formatPprof(model, selection);
    case 'firefox':
      return formatFirefoxProfile(model, selection);
    case 'cpuprofile':
      return formatCpuProfile(model, selection);
  }
};

function* withLineEnds(lines: Iterable<string>): Generator<string, void> {
  for (const line of lines) {
    yield `${line}\n`;
  }
}

import type { FieldDecoder } from './field-decoder.ts';
import { MAX_ARGUMENTS } from './trace-limits.ts';
import {
  END_REASONS,
  RECORDING_MODES,
  TRACE_FORMAT,
  TRACE_VERSION,
  type TargetDescription,
  type TraceEnd,
  type TraceHeader,
} from './trace-lines.ts';
import { microseconds, unixMilliseconds } from './units.ts';

/** Slowest and fastest sampling a trace may claim: they bound the weight of a tick. */
const MIN_FREQUENCY_HZ = 1e-3;
const MAX_FREQUENCY_HZ = 1e6;

const decodeTarget = (fields: FieldDecoder): TargetDescription => ({
  pid: fields.wholeNumber('pid'),
  startTimeClockTicks: fields.number('startTimeClockTicks'),
  commandLine: fields.texts('commandLine', MAX_ARGUMENTS),
  executable: fields.text('executable'),
  pythonVersion: fields.text('pythonVersion'),
  host: fields.text('host'),
  ...(fields.has('buildbotVersion') ? { buildbotVersion: fields.text('buildbotVersion') } : {}),
});

/** The caller has checked format and version. */
export const decodeHeader = (fields: FieldDecoder): TraceHeader => {
  const clock = fields.object('clock');
  return {
    kind: 'header',
    format: TRACE_FORMAT,
    version: TRACE_VERSION,
    recordingId: fields.text('recordingId'),
    target: decodeTarget(fields.object('target')),
    frequencyHz: fields.number('frequencyHz', MIN_FREQUENCY_HZ, MAX_FREQUENCY_HZ),
    mode: fields.choice('mode', RECORDING_MODES),
    periodSeconds: fields.number('periodSeconds'),
    samplerVersion: fields.text('samplerVersion'),
    clock: {
      startedAt: unixMilliseconds(clock.number('startedAt')),
      monotonic: microseconds(clock.number('monotonic')),
    },
  };
};

export const decodeEnd = (fields: FieldDecoder): TraceEnd => ({
  kind: 'end',
  at: microseconds(fields.number('at')),
  reason: fields.choice('reason', END_REASONS),
  ...(fields.has('message') ? { message: fields.text('message') } : {}),
});

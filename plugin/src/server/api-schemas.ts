import { Type } from 'typebox';
import {
  EXPORT_FORMATS,
  MAX_FREQUENCY_HZ,
  MAX_NAME_LENGTH,
  MAX_NOTE_LENGTH,
  MAX_PERIOD_SECONDS,
  MIN_FREQUENCY_HZ,
  VERDICTS,
} from '#trace/contract/api.ts';
import { WEIGHTS } from '#trace/analysis/selection.ts';
import { ERROR_KINDS, type ErrorCode } from '#trace/contract/errors.ts';
import { END_REASONS, RECORDING_MODES } from '#trace/contract/trace-lines.ts';

/** Longest text of a recording id that is looked at; the store knows its exact form. */
const MAX_ID_LENGTH = 64;

const strict = { additionalProperties: false };
const ERROR_CODES = Object.keys(ERROR_KINDS) as ErrorCode[];

export const ErrorBodySchema = Type.Object(
  { code: Type.Enum(ERROR_CODES), message: Type.String() },
  { ...strict, description: 'A code of the catalogue in docs/errors.md, and the fact in words.' },
);

export const StartRequestSchema = Type.Object(
  {
    frequencyHz: Type.Optional(Type.Number({ minimum: MIN_FREQUENCY_HZ, maximum: MAX_FREQUENCY_HZ })),
    periodSeconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: MAX_PERIOD_SECONDS })),
    mode: Type.Optional(Type.Enum([...RECORDING_MODES])),
  },
  strict,
);

export const RecordingPatchSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: MAX_NAME_LENGTH })),
    note: Type.Optional(Type.String({ maxLength: MAX_NOTE_LENGTH })),
  },
  strict,
);

export const TargetDescriptionSchema = Type.Object(
  {
    pid: Type.Integer(),
    startTimeClockTicks: Type.Number({ description: 'Start of the process in clock ticks since boot; 0 if unknown.' }),
    commandLine: Type.Array(Type.String()),
    executable: Type.String(),
    pythonVersion: Type.String(),
    host: Type.String(),
    buildbotVersion: Type.Optional(Type.String()),
  },
  strict,
);

const LossCountsSchema = Type.Object(
  {
    ticksAsked: Type.Integer(),
    ticksTaken: Type.Integer(),
    ticksLate: Type.Integer(),
    ticksLeftOut: Type.Integer(),
    stacksRetried: Type.Integer(),
    stacksTorn: Type.Integer(),
    stacksUnreadable: Type.Integer(),
  },
  strict,
);

export const RecordingSummarySchema = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    note: Type.String(),
    target: TargetDescriptionSchema,
    frequencyHz: Type.Number(),
    periodSeconds: Type.Number(),
    mode: Type.Enum([...RECORDING_MODES]),
    startedAt: Type.Number({ description: 'Milliseconds since 1970-01-01T00:00:00Z.' }),
    duration: Type.Number({ description: 'Microseconds until the last tick or the end.' }),
    size: Type.Number({ description: 'Bytes of the file.' }),
    losses: LossCountsSchema,
    endReason: Type.Optional(Type.Enum([...END_REASONS, 'cut'])),
    endMessage: Type.Optional(Type.String()),
  },
  strict,
);

export const RecordingListSchema = Type.Array(RecordingSummarySchema, { description: 'Newest first.' });

export const ServerStatusSchema = Type.Object(
  {
    version: Type.String(),
    canRecord: Type.Boolean(),
    target: Type.Optional(TargetDescriptionSchema),
    targetProblem: Type.Optional(ErrorBodySchema),
    current: Type.Optional(RecordingSummarySchema),
  },
  strict,
);

export const ThreadDumpListSchema = Type.Array(
  Type.Object(
    {
      name: Type.String(),
      nativeId: Type.Integer(),
      isMain: Type.Boolean(),
      state: Type.Integer({ description: 'As in the runs of a trace.' }),
      gil: Type.Integer({ description: 'As in the runs of a trace.' }),
      frames: Type.Array(Type.Object({ function: Type.String(), file: Type.String(), line: Type.Integer() }, strict), {
        description: 'Leaf first.',
      }),
    },
    strict,
  ),
);

export const ExaminationSchema = Type.Object(
  {
    checks: Type.Array(
      Type.Object({ subject: Type.String(), verdict: Type.Enum([...VERDICTS]), fact: Type.String() }, strict),
    ),
    conclusion: Type.String(),
    remedies: Type.Array(Type.String()),
    error: Type.Optional(ErrorBodySchema),
  },
  strict,
);

export const RecordingIdSchema = Type.Object({ id: Type.String({ maxLength: MAX_ID_LENGTH }) }, strict);

/** A query is text. */
export const DownloadQuerySchema = Type.Object(
  {
    format: Type.Optional(Type.Enum([...EXPORT_FORMATS])),
    weight: Type.Optional(Type.Enum([...WEIGHTS], { description: 'What other formats than bbprof count.' })),
    redact: Type.Optional(
      Type.Enum(['true', 'false'], {
        description: 'Replaces folders and the names of builders, workers and the host.',
      }),
    ),
  },
  strict,
);

/** A query is text: digits are checked here and turned into a number by the handler. */
export const LiveQuerySchema = Type.Object(
  {
    recording: Type.Optional(Type.String({ maxLength: MAX_ID_LENGTH })),
    after: Type.Optional(
      Type.String({ pattern: '^(-1|\\d{1,9})$', description: 'Sequence number of the last chunk already here.' }),
    ),
  },
  strict,
);

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { MAX_FREQUENCY_HZ, MAX_PERIOD_SECONDS, MIN_FREQUENCY_HZ } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { BUILD_RESULTS, RECORDING_MODES } from '#trace/contract/trace-lines.ts';
import { unixMilliseconds } from '#trace/contract/units.ts';
import type { MasterEvent } from '../session/build-ledger.ts';
import type { MasterMessage } from '../session/master-message.ts';

/** One line of the plugin's: some hundred builds with their names. */
export const MAX_MASTER_LINE_BYTES = 4 * 1024 * 1024;
const MAX_EVENTS_PER_MESSAGE = 10_000;
/** Names of builders, workers and steps: Buildbot's own limit is 50 to 255 characters. */
const MAX_EVENT_NAME_LENGTH = 1000;
const MAX_PATH_LENGTH = 4096;
/** Finished builds that a recording can begin with. */
export const MAX_KEPT_BUILDS = 10_000;

const strict = { additionalProperties: false };
const name = (): ReturnType<typeof Type.String> => Type.String({ maxLength: MAX_EVENT_NAME_LENGTH });
const identifier = (): ReturnType<typeof Type.Integer> =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Any time that a database can hold, in milliseconds since 1970. */
const time = (): ReturnType<typeof Type.Number> => Type.Number({ minimum: 0, maximum: 8_640_000_000_000_000 });

const times = {
  startedAt: time(),
  endedAt: Type.Optional(time()),
  result: Type.Optional(Type.Enum([...BUILD_RESULTS])),
};

const EventSchema = Type.Union([
  Type.Object(
    { kind: Type.Literal('build'), id: identifier(), number: identifier(), builder: name(), worker: name(), ...times },
    strict,
  ),
  Type.Object({ kind: Type.Literal('step'), id: identifier(), buildId: identifier(), name: name(), ...times }, strict),
]);

const ServiceSettingsSchema = Type.Object(
  {
    basepath: Type.String({ minLength: 1, maxLength: MAX_PATH_LENGTH }),
    frequencyHz: Type.Number({ minimum: MIN_FREQUENCY_HZ, maximum: MAX_FREQUENCY_HZ }),
    periodSeconds: Type.Number({ exclusiveMinimum: 0, maximum: MAX_PERIOD_SECONDS }),
    mode: Type.Enum([...RECORDING_MODES]),
    maximumAgeSeconds: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    maximumTotalBytes: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    minimumFreeBytes: Type.Optional(Type.Number({ minimum: 0 })),
  },
  strict,
);

const MessageSchema = Type.Union([
  Type.Object({ kind: Type.Literal('service'), settings: Type.Optional(ServiceSettingsSchema) }, strict),
  Type.Object(
    { kind: Type.Literal('keep-builds'), count: Type.Integer({ minimum: 0, maximum: MAX_KEPT_BUILDS }) },
    strict,
  ),
  Type.Object(
    { kind: Type.Literal('builds'), events: Type.Array(EventSchema, { maxItems: MAX_EVENTS_PER_MESSAGE }) },
    strict,
  ),
]);

/** @throws ProfilerError 'bad-argument' */
export const decodeMasterMessage = (text: string): MasterMessage => {
  const value = parseJson(text);
  if (!Value.Check(MessageSchema, value)) {
    const [first] = Value.Errors(MessageSchema, value);
    throw new ProfilerError('bad-argument', `A message of the master makes no sense: ${first?.message ?? 'no kind'}`);
  }
  if (value.kind !== 'builds') return value;
  return { kind: 'builds', events: value.events.map(toMasterEvent) };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProfilerError('bad-argument', 'A message of the master is no JSON', {}, { cause: error });
  }
};

const toMasterEvent = ({ startedAt, endedAt, ...event }: Static<typeof EventSchema>): MasterEvent => ({
  ...event,
  startedAt: unixMilliseconds(startedAt),
  ...(endedAt === undefined ? {} : { endedAt: unixMilliseconds(endedAt) }),
});

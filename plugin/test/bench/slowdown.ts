/** How much less the target gets done while it is sampled. */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { CONTESTANTS, groupByPython } from './contestants.ts';
import { formatNumber, formatTable } from './markdown-table.ts';
import type { Contestant, RunningSampler } from './measurement.ts';
import { pythonOf, startOracle, type OracleTarget } from './oracle-target.ts';
import { formatFrequency } from './sampling-rates.ts';
import { slowdownOf, summarizeSlowdown, type PairSlowdown, type Slot, type SlowdownSummary } from './slowdown-pairs.ts';

const DEPTH = 30;
const SETTLE_MILLISECONDS = 200;
/** A peer is ended when its slot is over; it is asked for so much more, not to end before. */
const SPARE_SECONDS = 60;
const MILLISECONDS_PER_SECOND = 1000;
const CONTROL = 'no sampler';

/** What may slow the target down; the control has none, and is measured in the same way. */
interface Subject {
  readonly name: string;
  readonly contestant?: Contestant;
  readonly frequencyHz?: number;
}

export interface SlowdownResult extends SlowdownSummary {
  readonly name: string;
  readonly pythonVersion: string;
  readonly frequencyHz?: number;
  readonly core?: number;
}

export interface SlowdownOptions {
  readonly pairs: number;
  readonly seconds: number;
  readonly frequenciesHz: readonly number[];
  readonly core?: number;
}

const startSubject = (
  { contestant, frequencyHz = 0 }: Subject,
  pid: number,
  folder: string,
  { seconds, core }: SlowdownOptions,
): RunningSampler | undefined => {
  const running = contestant?.start({
    pid,
    frequencyHz,
    seconds: Math.ceil(seconds) + SPARE_SECONDS,
    threads: 1,
    folder,
    ...(core === undefined ? {} : { core }),
  });
  // It is killed, so that what it leaves is no result: what it says of its begin is heard, what it says of its end is not.
  running?.ended.catch(() => undefined);
  return running;
};

const measureSlot = async (
  target: OracleTarget,
  subject: Subject | undefined,
  options: SlowdownOptions,
): Promise<Slot> => {
  const folder = makeTemporaryFolder();
  const running = subject === undefined ? undefined : startSubject(subject, target.pid, folder.path, options);
  try {
    await running?.begun;
    await sleep(SETTLE_MILLISECONDS);
    const from = await target.readProgress();
    await sleep(options.seconds * MILLISECONDS_PER_SECOND);
    return { from, to: await target.readProgress() };
  } finally {
    await running?.end();
    folder.remove();
  }
};

/** Both ways round by turns, so that a target or a machine that gets faster or slower does not count as a difference. */
const measurePair = async (
  target: OracleTarget,
  subject: Subject,
  isOnFirst: boolean,
  options: SlowdownOptions,
): Promise<PairSlowdown> => {
  const first = await measureSlot(target, isOnFirst ? subject : undefined, options);
  const second = await measureSlot(target, isOnFirst ? undefined : subject, options);
  return isOnFirst ? slowdownOf(second, first) : slowdownOf(first, second);
};

const subjectsOf = (contestants: readonly Contestant[], frequenciesHz: readonly number[]): Subject[] => [
  { name: CONTROL },
  ...contestants.flatMap((contestant) =>
    frequenciesHz.map((frequencyHz) => ({ name: contestant.name, contestant, frequencyHz })),
  ),
];

/** Of all subjects by turns, in each round a pair of each. */
const measureVersion = async (
  pythonVersion: string,
  contestants: readonly Contestant[],
  options: SlowdownOptions,
): Promise<SlowdownResult[]> => {
  const { core } = options;
  const subjects = subjectsOf(contestants, options.frequenciesHz);
  const pairs = new Map<Subject, PairSlowdown[]>(subjects.map((subject) => [subject, []]));
  const target = await startOracle({
    python: pythonOf(pythonVersion),
    depth: DEPTH,
    threads: 1,
    ...(core === undefined ? {} : { core }),
  });
  try {
    for (let round = 0; round < options.pairs; round++)
      for (const [index, subject] of subjects.entries())
        pairs.get(subject)?.push(await measurePair(target, subject, (round + index) % 2 === 1, options));
  } finally {
    await target.end();
  }
  return Array.from(pairs, ([{ name, frequencyHz }, some]) => ({
    name,
    pythonVersion,
    ...(frequencyHz === undefined ? {} : { frequencyHz }),
    ...(core === undefined ? {} : { core }),
    ...summarizeSlowdown(some),
  }));
};

export const measureSlowdown = async (options: SlowdownOptions): Promise<SlowdownResult[]> => {
  const results: SlowdownResult[] = [];
  for (const [pythonVersion, contestants] of groupByPython(CONTESTANTS))
    results.push(...(await measureVersion(pythonVersion, contestants, options)));
  return results;
};

const formatInterval = ({ value, low, high }: SlowdownSummary['perCpuSecond']): string =>
  `${formatNumber(value, 2)} % (${formatNumber(low, 2)} to ${formatNumber(high, 2)})`;

const SLOWDOWN_HEAD = [
  'CPython',
  'sampler',
  'asked',
  'slower per CPU second (95 %)',
  'per wall second (95 %)',
  'pairs',
];

export const formatSlowdown = (results: readonly SlowdownResult[]): string =>
  formatTable(
    SLOWDOWN_HEAD,
    results.map(({ pythonVersion, name, frequencyHz, perCpuSecond, perWallSecond, pairs }) => [
      pythonVersion,
      name,
      frequencyHz === undefined ? '-' : formatFrequency(frequencyHz),
      formatInterval(perCpuSecond),
      formatInterval(perWallSecond),
      String(pairs),
    ]),
  );

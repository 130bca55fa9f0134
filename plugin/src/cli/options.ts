import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  DEFAULT_FREQUENCY_HZ,
  DEFAULT_MODE,
  MAX_FREQUENCY_HZ,
  MAX_PERIOD_SECONDS,
  MIN_FREQUENCY_HZ,
} from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { RECORDING_MODES } from '#trace/contract/trace-lines.ts';
import { MasterLocator, ProcessLocator, type TargetLocator } from '../session/master-locator.ts';

const MILLISECONDS_PER_SECOND = 1000;
const DEFAULT_PORT = 8080;
const MAX_PORT = 65_535;
/** The largest pid a 64-bit Linux gives. */
const MAX_PID = 4_194_304;

interface NumberRange {
  readonly min: number;
  readonly max: number;
}

const parseWhole =
  ({ min, max }: NumberRange) =>
  (text: string): number => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${String(min)} to ${String(max)}.`);
  };

const parseNumber =
  ({ min, max }: NumberRange) =>
  (text: string): number => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      `It must be a number ${min > 0 ? `from ${String(min)}` : 'above 0,'} up to ${String(max)}.`,
    );
  };

export interface TargetOptions {
  readonly pid?: number;
  readonly basedir?: string;
}

export const pidOption = (): Option =>
  new Option('--pid <pid>', 'the Python process').argParser(parseWhole({ min: 1, max: MAX_PID }));

export const addTargetOptions = (command: Command): Command =>
  command
    .addOption(pidOption())
    .addOption(new Option('--basedir <dir>', 'the Buildbot master of this folder').conflicts('pid'));

/** @throws ProfilerError 'bad-argument' where neither or both are given */
export const locatorFor = ({ pid, basedir }: TargetOptions): TargetLocator => {
  if (pid !== undefined) return new ProcessLocator(pid);
  if (basedir !== undefined) return new MasterLocator(basedir);
  throw new ProfilerError('bad-argument', 'No process is named: --pid PID or --basedir DIR is needed');
};

export const stallThresholdOption = (defaultMilliseconds: number): Option =>
  new Option('--threshold <milliseconds>', 'how long a callback takes to be a stall')
    .argParser(parseNumber({ min: 1, max: MAX_PERIOD_SECONDS * MILLISECONDS_PER_SECOND }))
    .default(defaultMilliseconds);

export const portOption = (): Option =>
  new Option('--port <port>', 'where the page is served, on this machine only')
    .env('PORT')
    .default(DEFAULT_PORT)
    .argParser(parseWhole({ min: 0, max: MAX_PORT }));

export const frequencyOption = (): Option =>
  new Option('--frequency <hz>', 'ticks a second')
    .default(DEFAULT_FREQUENCY_HZ)
    .argParser(parseNumber({ min: MIN_FREQUENCY_HZ, max: MAX_FREQUENCY_HZ }));

export const durationOption = (): Option =>
  new Option('--duration <seconds>', 'end by itself after so long (default: the longest, 24 hours)').argParser(
    parseNumber({ min: 0, max: MAX_PERIOD_SECONDS }),
  );

export const modeOption = (): Option =>
  new Option(
    '--mode <mode>',
    'real keeps every tick; virtual and prof those in which the process used user, or any, CPU',
  )
    .choices(RECORDING_MODES)
    .default(DEFAULT_MODE);

import { ProfilerError } from '#trace/contract/errors.ts';
import type { DescribeTarget, StartLineSource } from '../session/line-source.ts';

export interface LoadedSampler {
  readonly startSampler: StartLineSource;
  readonly describeTarget: DescribeTarget;
  /** Lets this process go first when memory is short. */
  readonly offerToOomKiller: () => void;
}

/** @throws ProfilerError 'unsupported-platform' */
const checkPlatform = (): void => {
  if (process.platform === 'linux') return;
  throw new ProfilerError('unsupported-platform', `Processes cannot be read on ${process.platform}`, {
    platform: process.platform,
  });
};

/** Loaded on demand: reading files needs none of it. */
export const loadSampler = async (): Promise<LoadedSampler> => {
  checkPlatform();
  const [{ startSampler, offerToOomKiller }, { describeTarget }] = await Promise.all([
    import('../sampler/sampler.ts'),
    import('../sampler/target.ts'),
  ]);
  return { startSampler, describeTarget, offerToOomKiller };
};

export const loadDumper = async (): Promise<typeof import('../sampler/dump.ts').dumpThreads> => {
  checkPlatform();
  return (await import('../sampler/dump.ts')).dumpThreads;
};

export const loadExaminer = async (): Promise<typeof import('./examine-target.ts').examineTarget> => {
  checkPlatform();
  return (await import('./examine-target.ts')).examineTarget;
};

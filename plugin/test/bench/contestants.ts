import { austinSampler } from './austin-sampler.ts';
import type { Contestant } from './measurement.ts';
import { ownSampler } from './own-sampler.ts';
import { pythonSampler } from './python-sampler.ts';

/** Each peer beside this project's sampler, on the same target. */
export const CONTESTANTS: readonly Contestant[] = [
  ownSampler('bbprofiler', pythonSampler.pythonVersion, true),
  ownSampler('bbprofiler, `/proc/PID/mem` alone', pythonSampler.pythonVersion, false),
  pythonSampler,
  ownSampler('bbprofiler', austinSampler.pythonVersion, true),
  austinSampler,
];

/** In the order in which they are listed, by the CPython that they look at. */
export const contestantsByPython = (): Map<string, Contestant[]> =>
  Map.groupBy(CONTESTANTS, ({ pythonVersion }) => pythonVersion);

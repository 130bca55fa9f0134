import { austinSampler } from './austin-sampler.ts';
import type { Contestant } from './measurement.ts';
import { ownSampler } from './own-sampler.ts';
import { pythonSampler } from './python-sampler.ts';

/** Each peer after this project's sampler, on the same target. */
export const CONTESTANTS: readonly Contestant[] = [
  ownSampler('bbprofiler', pythonSampler.pythonVersion, true),
  pythonSampler,
  ownSampler('bbprofiler', austinSampler.pythonVersion, true),
  austinSampler,
];

/** As where Node has no `node:ffi`. */
const WITHOUT_VECTORED_READ = ownSampler('bbprofiler, `/proc/PID/mem` alone', pythonSampler.pythonVersion, false);

export const ALL_CONTESTANTS: readonly Contestant[] = [...CONTESTANTS, WITHOUT_VECTORED_READ];

/** In the order in which they are listed, by the CPython that they look at. */
export const groupByPython = (contestants: readonly Contestant[]): Map<string, Contestant[]> =>
  Map.groupBy(contestants, ({ pythonVersion }) => pythonVersion);

import { fileURLToPath } from 'node:url';
import { FASTEST, type Contestant, type SamplingResult } from './measurement.ts';
import type { OwnSamplerData } from './own-sampler-process.ts';
import { startSamplerProcess, waitForOutput } from './sampler-process.ts';

const PROGRAM = fileURLToPath(new URL('own-sampler-process.ts', import.meta.url));
/** Above any rate it reaches. */
const FASTEST_HZ = 1e6;

/** This project's sampling loop. */
export const ownSampler = (name: string, pythonVersion: string, isVectored: boolean): Contestant => ({
  name,
  pythonVersion,
  start: ({ pid, frequencyHz, seconds, core }) => {
    const data: OwnSamplerData = {
      pid,
      frequencyHz: frequencyHz === FASTEST ? FASTEST_HZ : frequencyHz,
      seconds,
      isVectored,
    };
    const started = startSamplerProcess([process.execPath, PROGRAM, JSON.stringify(data)], core);
    return {
      pid: started.pid,
      begun: waitForOutput(started.process, /^sampling$/m),
      ended: started.output.then((output) => JSON.parse(output.trim().split('\n').at(-1) ?? '') as SamplingResult),
      end: () => started.end(),
    };
  },
});

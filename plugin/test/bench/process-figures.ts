/** What the kernel says of a process, read from outside. */
import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const NANOSECONDS_PER_SECOND = 1e9;
const MILLISECONDS_PER_SECOND = 1000;
const BYTES_PER_KIBIBYTE = 1024;

/** Bytes that `/proc/PID/status` gives under a label such as VmRSS. */
export const parseMemory = (status: string, label: string): number => {
  const [, kibibytes] = new RegExp(`^${label}:\\s*(\\d+) kB$`, 'm').exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`The process has no ${label}: it has ended.`);
  return Number(kibibytes) * BYTES_PER_KIBIBYTE;
};

/** Memory that is resident, and what of it no file stands behind. */
export const readMemory = (pid: number): { readonly resident: number; readonly anonymous: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return { resident: parseMemory(status, 'VmRSS'), anonymous: parseMemory(status, 'RssAnon') };
};

/** CPU seconds of all threads that live. To the nanosecond while they sleep; `stat` would count in steps of 10 ms. */
const readCpu = (pid: number): number => {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
    } catch {
      // The thread ended between the two.
    }
  }
  return nanoseconds / NANOSECONDS_PER_SECOND;
};

/** Begins to watch the CPU of a process; the function it gives tells how much that was since, in percent of one core. */
export const watchCpu = (pid: number): (() => number) => {
  const [cpu, at] = [readCpu(pid), performance.now()];
  return () => (100 * MILLISECONDS_PER_SECOND * (readCpu(pid) - cpu)) / (performance.now() - at);
};

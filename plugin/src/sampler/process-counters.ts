import { readFileSync, realpathSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { CounterRow } from '#trace/contract/trace-lines.ts';
import { bytes, microseconds, MICROSECONDS_PER_SECOND, type Microseconds } from '#trace/contract/units.ts';
import { ProcFile } from './proc-file.ts';

/** Linux shows CPU times to programs in these steps, whatever its own tick is. */
const MICROSECONDS_PER_CLOCK_TICK = 10_000;
const BYTES_PER_KIBIBYTE = 1024;
/** Entry of the auxiliary vector (getauxval(3)) that holds the size of a page, and what it is on x86_64 if there is none. */
const AT_PAGESZ = 6n;
const USUAL_PAGE_BYTES = 4096;
const AUXILIARY_ENTRY_BYTES = 16;
const CGROUP_ROOT = '/sys/fs/cgroup';
const CLOSING_PARENTHESIS = 0x29;
const LETTER_T = 0x54;
const LETTER_t = 0x74;
/** Fields of `stat` from the parent (4) to cmajflt (13), and from cutime (16) to nice (19). */
const STAT_FIELDS_BEFORE_UTIME = 10;
const STAT_FIELDS_BEFORE_THREADS = 4;
/** itrealvalue (21), starttime (22), vsize (23). */
const STAT_FIELDS_BEFORE_RSS = 3;
/** What takes a file for each thread is read no more often than this. */
const SLOW_COUNTERS_INTERVAL = 2 * MICROSECONDS_PER_SECOND;

const numberAfter = (text: string, label: string): number | undefined => {
  const match = new RegExp(`^${label}:?\\s+(\\d+)`, 'm').exec(text);
  return match === null ? undefined : Number(match[1]);
};

const tryRead = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // Missing (no cgroup, other kernel) or gone with the process: the counter is left out.
    return '';
  }
};

/** Folder of the process's cgroup (version 2), or undefined. */
function findCgroup(pid: number): string | undefined {
  const match = /^0::(\/.*)$/m.exec(tryRead(`/proc/${pid}/cgroup`));
  if (match === null) return undefined;
  try {
    const folder = realpathSync(`${CGROUP_ROOT}${match[1]!}`);
    return folder.startsWith(CGROUP_ROOT) ? folder : undefined;
  } catch {
    // Not mounted, or seen from another cgroup namespace.
    return undefined;
  }
}

/** Bytes of a page, in which `stat` counts memory. */
function readPageBytes(): number {
  try {
    const vector = readFileSync('/proc/self/auxv');
    for (let at = 0; at + AUXILIARY_ENTRY_BYTES <= vector.length; at += AUXILIARY_ENTRY_BYTES) {
      if (vector.readBigUInt64LE(at) === AT_PAGESZ) return Number(vector.readBigUInt64LE(at + 8));
    }
  } catch {
    // Not readable in some sandboxes.
  }
  return USUAL_PAGE_BYTES;
}

type SlowCounters = Pick<
  CounterRow,
  'targetVoluntarySwitches' | 'targetInvoluntarySwitches' | 'cgroupMemoryLimit' | 'cgroupThrottled'
>;

/** Reads the counters of a process, of the machine, and of the sampler itself. */
export class ProcessCounters {
  readonly #pid: number;
  readonly #stat: ProcFile | undefined;
  readonly #machineStat: ProcFile | undefined;
  readonly #machineMemory: ProcFile | undefined;
  readonly #cgroup: string | undefined;
  readonly #pageBytes = readPageBytes();
  #slowAt = Number.NEGATIVE_INFINITY;
  /** Whether the process was last seen stopped by a signal, or by a debugger. */
  isTargetStopped = false;

  constructor(pid: number) {
    this.#pid = pid;
    this.#stat = ProcFile.open(`/proc/${pid}/stat`);
    this.#machineStat = ProcFile.open('/proc/stat');
    this.#machineMemory = ProcFile.open('/proc/meminfo');
    this.#cgroup = findCgroup(pid);
  }

  /** `threadIds` are the kernel's ids of the threads whose context switches are added up, every two seconds. */
  read(at: Microseconds, threadIds: readonly number[]): CounterRow {
    return {
      at,
      ...this.#readProcess(),
      ...this.#readMachine(),
      ...this.#readMachineMemory(),
      ...this.#readSlowCounters(at, threadIds),
      samplerCpu: readOwnCpu(),
    };
  }

  close(): void {
    this.#stat?.close();
    this.#machineStat?.close();
    this.#machineMemory?.close();
  }

  #readProcess(): Partial<CounterRow> {
    const stat = this.#stat;
    if (stat?.reload() !== true) return {};
    stat.seekAfterLast(CLOSING_PARENTHESIS);
    const state = stat.nextByte();
    this.isTargetStopped = state === LETTER_T || state === LETTER_t;
    stat.skipFields(STAT_FIELDS_BEFORE_UTIME);
    const user = stat.nextNumber();
    const system = stat.nextNumber();
    stat.skipFields(STAT_FIELDS_BEFORE_THREADS);
    const threads = stat.nextNumber();
    stat.skipFields(STAT_FIELDS_BEFORE_RSS);
    const pages = stat.nextNumber();
    return {
      targetUserCpu: microseconds(user * MICROSECONDS_PER_CLOCK_TICK),
      targetSystemCpu: microseconds(system * MICROSECONDS_PER_CLOCK_TICK),
      targetResident: bytes(pages * this.#pageBytes),
      targetThreads: threads,
    };
  }

  #readMachine(): Partial<CounterRow> {
    const stat = this.#machineStat;
    if (stat?.reload() !== true) return {};
    stat.skipFields(1); // "cpu"
    const user = stat.nextNumber() + stat.nextNumber(); // and nice
    const system = stat.nextNumber();
    const idle = stat.nextNumber() + stat.nextNumber(); // and waiting for a disk
    const other = stat.nextNumber() + stat.nextNumber() + stat.nextNumber(); // interrupts, soft interrupts, stolen
    const busy = user + system + other;
    return {
      machineBusyCpu: microseconds(busy * MICROSECONDS_PER_CLOCK_TICK),
      machineTotalCpu: microseconds((busy + idle) * MICROSECONDS_PER_CLOCK_TICK),
    };
  }

  /** Total, free and available are the first three lines of `meminfo`. */
  #readMachineMemory(): Partial<CounterRow> {
    const file = this.#machineMemory;
    if (file?.reload() !== true) return {};
    file.nextNumber();
    file.nextNumber();
    const available = file.nextNumber() * BYTES_PER_KIBIBYTE;
    const total = totalmem();
    return { machineMemoryUsed: bytes(total - available), machineMemoryTotal: bytes(total) };
  }

  #readSlowCounters(at: Microseconds, threadIds: readonly number[]): SlowCounters {
    if (at - this.#slowAt < SLOW_COUNTERS_INTERVAL) return {};
    this.#slowAt = at;
    return { ...this.#readSwitches(threadIds), ...this.#readCgroup() };
  }

  #readSwitches(threadIds: readonly number[]): SlowCounters {
    let voluntary = 0;
    let involuntary = 0;
    for (const id of threadIds) {
      const status = tryRead(`/proc/${this.#pid}/task/${id}/status`);
      voluntary += numberAfter(status, 'voluntary_ctxt_switches') ?? 0;
      involuntary += numberAfter(status, 'nonvoluntary_ctxt_switches') ?? 0;
    }
    return { targetVoluntarySwitches: voluntary, targetInvoluntarySwitches: involuntary };
  }

  #readCgroup(): SlowCounters {
    if (this.#cgroup === undefined) return {};
    const limit = Number(tryRead(`${this.#cgroup}/memory.max`).trim() || Number.NaN);
    const throttled = numberAfter(tryRead(`${this.#cgroup}/cpu.stat`), 'throttled_usec');
    return {
      ...(Number.isFinite(limit) ? { cgroupMemoryLimit: bytes(limit) } : {}),
      ...(throttled === undefined ? {} : { cgroupThrottled: microseconds(throttled) }),
    };
  }
}

/** CPU time that this process, server and all, has used. */
function readOwnCpu(): Microseconds {
  const { user, system } = process.cpuUsage();
  return microseconds(user + system);
}

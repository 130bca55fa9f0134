import { readFileSync } from 'node:fs';
import type { AttachCheck, ErrorBody, Examination, Verdict } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { openInterpreter } from '../cpython/interpreter-reader.ts';
import { checkAttach } from '../memory/attach-checks.ts';
import { readAttachSituation, type AttachSituation } from '../memory/attach-situation.ts';
import { findByInnerPid, isHiddenProcess } from '../memory/inner-pid.ts';
import { LiveProcessMemory } from '../memory/live-process-memory.ts';
import { readBytes } from '../memory/process-memory.ts';
import { readProcessMaps } from '../memory/process-maps.ts';
import { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { openVectoredRead } from '../memory/vectored-read.ts';
import type { TargetLocator } from '../session/master-locator.ts';
import { adviceFor } from './advice.ts';
import { remediesFor, runAsRoot } from './remedies.ts';

/** Bytes of an ELF file header: there are so many at the start of every mapped program. */
const PROBE_BYTES = 64;
/** Of a command line, which the kernel allows 2 MiB: as much as fits into a line of a terminal. */
export const MAX_SHOWN_CHARACTERS = 120;

/** Looks at a process from every side, and really attaches to it: what the kernel does is what counts. */
export const examineTarget = (locator: TargetLocator): Examination => {
  let pid: number;
  try {
    pid = locator.locate();
  } catch (error) {
    return describeAbsence(expectProfilerError(error));
  }
  const situation = readAttachSituation(pid);
  const running = found('process', 'ok', `${String(pid)}: ${readCommandLine(pid)}`);
  try {
    const reading = probeMemory(situation);
    const python = probePython(pid);
    return {
      checks: [
        running,
        ...checkAttach(situation).map((check) => settle(check, reading.isFast)),
        ...reading.checks,
        python.check,
      ],
      conclusion: python.error === undefined ? `Process ${String(pid)} can be read.` : sentence(python.error.message),
      remedies: python.error === undefined ? [] : [adviceFor(python.error.code)],
      ...(python.error === undefined ? {} : { error: toErrorBody(python.error) }),
    };
  } catch (error) {
    return describeRefusal(running, situation, expectProfilerError(error));
  }
};

const toErrorBody = ({ code, message }: ProfilerError): ErrorBody => ({ code, message });

const withoutStop = (text: string): string => text.replace(/\.$/, '');
const sentence = (text: string): string => `${withoutStop(text)}.`;

const found = (subject: string, verdict: Verdict, fact: string): AttachCheck => ({ subject, verdict, fact });

/** What nobody foresaw is a fault of this program, not of the process. */
const expectProfilerError = (error: unknown): ProfilerError => {
  if (error instanceof ProfilerError) return error;
  throw error;
};

const describeAbsence = (error: ProfilerError): Examination => {
  const describe = (fact: string, remedy: string): Examination => ({
    checks: [found('process', 'blocks', withoutStop(fact))],
    conclusion: sentence(fact),
    remedies: [remedy],
    error: toErrorBody(error),
  });
  const pid = Number(error.fields['pid']);
  if (error.code === 'no-such-process' && Number.isInteger(pid)) {
    if (isHiddenProcess(pid))
      return describe(
        `Process ${String(pid)} runs, but /proc is mounted with "hidepid", which hides it`,
        runAsRoot(pid),
      );
    const [first, ...others] = findByInnerPid(pid);
    if (first !== undefined)
      return describe(
        `${withoutStop(error.message)}; ${[first, ...others].join(', ')} has that number inside its container`,
        `From out here it is: bbprofiler doctor --pid ${String(first)}`,
      );
  }
  return describe(error.message, adviceFor(error.code));
};

const describeRefusal = (running: AttachCheck, situation: AttachSituation, error: ProfilerError): Examination => {
  const isRefused = error.code === 'no-permission';
  const cause = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return {
    checks: [
      running,
      ...(isRefused ? checkAttach(situation) : []),
      found(
        'memory',
        'blocks',
        isRefused ? `the kernel refuses to open it (${cause ?? 'no reason given'})` : withoutStop(error.message),
      ),
      found('Python', 'unknown', 'for that the memory has to be read'),
    ],
    conclusion: sentence(error.message),
    remedies: isRefused ? remediesFor(situation) : [adviceFor(error.code)],
    error: toErrorBody(error),
  };
};

/** Text of another process, for a terminal: cut, and without what would move the cursor. */
const readCommandLine = (pid: number): string => {
  try {
    const [commandLine, name] = ['cmdline', 'comm'].map((file) => readFileSync(`/proc/${String(pid)}/${file}`, 'utf8'));
    const text = (commandLine || name || '').slice(0, MAX_SHOWN_CHARACTERS);
    return text.replace(/\p{C}+/gu, ' ').trim();
  } catch {
    // Gone meanwhile, which opening its memory will tell.
    return '';
  }
};

/** Once the memory has been read, what seemed to forbid it does not. */
const settle = (check: AttachCheck, isFast: boolean): AttachCheck => {
  if (check.verdict === 'ok') return check;
  const rest = check.subject === 'seccomp' && !isFast ? 'reading works, if slower' : 'reading works all the same';
  return { ...check, verdict: 'ok', fact: `${check.fact}; ${rest}` };
};

interface MemoryReading {
  readonly checks: readonly AttachCheck[];
  /** Whether several ranges can be read in one system call. */
  readonly isFast: boolean;
}

/** @throws ProfilerError as attaching does */
const probeMemory = (situation: AttachSituation): MemoryReading => {
  const memory = new LiveProcessMemory(situation.pid);
  try {
    const mappings = readProcessMaps(situation.pid);
    const start = (mappings.find(({ fileOffset }) => fileOffset === 0) ?? mappings[0])?.start;
    if (start === undefined || readBytes(memory, start, PROBE_BYTES) === undefined)
      return { checks: [found('memory', 'unknown', 'it opens, but holds no program')], isFast: true };
    const slowness = findSlowness(situation, start);
    return {
      checks: [
        found('memory', 'ok', `${String(PROBE_BYTES)} bytes read at 0x${start.toString(16)}`),
        found('speed', 'ok', slowness ?? 'many ranges at once, by process_vm_readv'),
      ],
      isFast: slowness === undefined,
    };
  } finally {
    memory.close();
  }
};

/** Why ranges are read one by one, if they are. Everything works then, at a higher cost: never an obstacle. */
const findSlowness = ({ pid, isProcOurs }: AttachSituation, start: RemoteAddress): string | undefined => {
  const slower = 'slower, range by range:';
  const readAtOnce = openVectoredRead(pid);
  if (readAtOnce === undefined && !isProcOurs) return `${slower} process_vm_readv goes by other pids than /proc`;
  if (readAtOnce === undefined) return `${slower} this Node (${process.version}) does not give node:ffi`;
  const batch = new RangeBatch();
  batch.add(start, PROBE_BYTES);
  return readAtOnce(batch) === PROBE_BYTES ? undefined : `${slower} process_vm_readv is refused`;
};

const probePython = (pid: number): { readonly check: AttachCheck; readonly error?: ProfilerError } => {
  try {
    const reader = openInterpreter(pid);
    try {
      const count = reader.readThreads().threads.length;
      const threads = `${String(count)} thread${count === 1 ? '' : 's'}`;
      return { check: found('Python', 'ok', `CPython ${reader.pythonVersion}, ${threads}`) };
    } finally {
      reader.close();
    }
  } catch (caught) {
    const error = expectProfilerError(caught);
    return { check: found('Python', 'blocks', withoutStop(error.message)), error };
  }
};

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { KernelState, KernelThread, type SleepKind } from './kernel-thread.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Runs a Python program and waits until it has printed a line. */
async function runPython(program: string): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn('python3', ['-u', '-c', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  return child as typeof child & { readonly pid: number };
}

/** Reads until the thread sleeps in such a call: on its way there it may sleep in others. */
function readUntilAsleepIn(thread: KernelThread, kind: SleepKind): SleepKind {
  for (let attempt = 0; attempt < 10_000 && thread.sleepKind !== kind; attempt++) thread.readState();
  return thread.sleepKind;
}

/** Reads until the kernel shows what is looked for; a thread that has just printed is still on its way there. */
function readUntil(thread: KernelThread, state: KernelState): KernelState {
  let seen = thread.readState();
  for (let attempt = 0; attempt < 10_000 && seen !== state; attempt++) seen = thread.readState();
  return seen;
}

const isRunning = (pid: number): boolean => /\) R/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** Off its CPU for good: `stat` shows a sleep already before, and may take that back; what it sleeps in is only told once it is off. */
const isAsleep = (pid: number): boolean => /^\d/.test(readFileSync(`/proc/${pid}/syscall`, 'utf8'));

/** A program that reads a byte from its input, then spins until a file exists, and so on. Its thread, asleep at first. */
async function startSpinner(): Promise<{ thread: KernelThread; spin: () => void; rest: () => void; wake: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'bbp-spinner-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const flag = join(folder, 'rest');
  writeFileSync(flag, '');
  const { pid, stdin } = await runPython(
    `import os\nprint("ready")\nwhile os.read(0, 1):\n  while not os.path.exists("${flag}"): pass`,
  );
  const waitUntil = (isSo: (pid: number) => boolean): void => {
    while (!isSo(pid));
  };
  const thread = KernelThread.open(pid, pid)!;
  onTestFinished(() => thread.close());
  waitUntil(isAsleep);
  const wake = (): void => {
    thread.readSchedulerClock();
    const { timeSlices } = thread;
    stdin!.write('.');
    while (thread.readSchedulerClock() && thread.timeSlices === timeSlices);
    waitUntil(existsSync(flag) ? isAsleep : isRunning);
  };
  return {
    thread,
    wake,
    spin: () => {
      rmSync(flag);
      wake();
    },
    rest: () => {
      writeFileSync(flag, '');
      waitUntil(isAsleep);
    },
  };
}

describe('KernelThread', () => {
  it('tells a busy thread by its state and by its clock, which moves', async () => {
    const { pid } = await runPython('print("ready")\nwhile True: pass');
    const thread = KernelThread.open(pid, pid)!;
    expect(readUntil(thread, KernelState.onRunQueue)).toBe(KernelState.onRunQueue);
    thread.readSchedulerClock();
    const before = thread.cpuNanoseconds;
    const deadline = performance.now() + 5000;
    while (thread.cpuNanoseconds === before && performance.now() < deadline) thread.readSchedulerClock();
    expect(thread.cpuNanoseconds).toBeGreaterThan(before);
    thread.close();
  });

  it('tells an epoll from another sleep', async () => {
    const poller = await runPython('import select\nprint("ready")\nselect.epoll().poll()');
    const sleeper = await runPython('import time\nprint("ready")\ntime.sleep(1000)');
    const [polling, sleeping] = [poller, sleeper].map(({ pid }) => KernelThread.open(pid, pid)!) as [
      KernelThread,
      KernelThread,
    ];
    expect(readUntilAsleepIn(polling, 'epoll')).toBe('epoll');
    expect(readUntilAsleepIn(sleeping, 'other')).toBe('other');
  });

  it('gives the address of the futex that a thread sleeps on', async () => {
    const program = 'import threading\nlock = threading.Lock()\nlock.acquire()\nprint("ready")\nlock.acquire()';
    const { pid } = await runPython(program);
    const thread = KernelThread.open(pid, pid)!;
    expect(readUntilAsleepIn(thread, 'futex')).toBe('futex');
    // The kernel's own words: the number of the call, then its arguments.
    const address = /^\d+ 0x([0-9a-f]+) /.exec(readFileSync(`/proc/${pid}/syscall`, 'utf8'))?.[1];
    expect(thread.futexAddress.toString(16)).toBe(address);
  });

  it('tells a thread that was on a CPU when its clock was read, and is asleep by now', async () => {
    const { thread, spin, rest } = await startSpinner();
    // Whoever else wants the CPU may take it from the spinner before it falls asleep: then nothing is known.
    for (let attempt = 0; attempt < 100 && !thread.wasOnCpu; attempt++) {
      thread.readSchedulerClock();
      thread.readState();
      spin();
      thread.readSchedulerClock();
      rest();
      expect(thread.readState()).toBe(KernelState.asleep);
    }
    expect(thread.wasOnCpu).toBe(true);

    thread.readSchedulerClock();
    thread.readState();
    expect(thread.wasOnCpu).toBe(false);
  });

  it('does not take a thread that woke and fell asleep since its clock was read for one that was on a CPU', async () => {
    const { thread, spin, rest, wake } = await startSpinner();
    spin();
    rest();
    thread.readSchedulerClock();
    const clock = { cpu: thread.cpuNanoseconds, slices: thread.timeSlices };
    wake();
    // The clock of before the nap, as a tick would have it that read it then.
    thread.cpuNanoseconds = clock.cpu;
    thread.timeSlices = clock.slices;
    expect(thread.readState()).toBe(KernelState.asleep);
    expect(thread.wasOnCpu).toBe(false);
  });

  it('reads a name that holds spaces and parentheses', async () => {
    const { pid } = await runPython(
      'open("/proc/self/comm", "w").write("a) (b c")\nprint("ready")\nimport time\ntime.sleep(1000)',
    );
    const thread = KernelThread.open(pid, pid)!;
    expect(thread.readName()).toBe('a) (b c');
    expect(readUntil(thread, KernelState.asleep)).toBe(KernelState.asleep);
  });

  it('says that a thread is gone, and opens none that does not exist', async () => {
    const child = await runPython('print("ready")\nimport sys\nsys.stdin.read()');
    const thread = KernelThread.open(child.pid, child.pid)!;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.stdin!.end();
    await exited;
    expect(thread.readSchedulerClock()).toBe(false);
    expect(thread.readState()).toBe(KernelState.gone);
    expect(KernelThread.open(child.pid, child.pid)).toBeUndefined();
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
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

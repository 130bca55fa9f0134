import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { LiveProcessMemory } from './live-process-memory.ts';
import { readProcessMaps } from './process-maps.ts';
import { MAX_RANGES, RangeBatch } from './range-batch.ts';
import type { RemoteAddress } from './remote-address.ts';
import { remoteAddress } from './remote-address.ts';
import { openVectoredRead } from './vectored-read.ts';

const ELF_MAGIC = '\x7fELF';
const UNMAPPED = remoteAddress(0x10000);
let end: () => Promise<void> = () => Promise.resolve();

afterEach(() => end());

/** A shell, which becomes another program when it is told to go on. */
const startProcess = async (): Promise<{ pid: number; base: RemoteAddress; goOn: () => void }> => {
  const child = spawn('sh', ['-c', 'echo ready; read line; exec sleep 60'], { stdio: ['pipe', 'pipe', 'inherit'] });
  end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  const base = readProcessMaps(pid).find(({ fileOffset }) => fileOffset === 0)?.start;
  if (base === undefined) throw new Error('nothing is mapped');
  return { pid, base, goOn: () => child.stdin.write('\n') };
};

const batchOf = (addresses: readonly RemoteAddress[]): RangeBatch => {
  const batch = new RangeBatch();
  for (const address of addresses) batch.add(address, 8);
  return batch;
};
const magics = (batch: RangeBatch, count: number): string[] =>
  Array.from({ length: count }, (_, index) => batch.bytes.toString('latin1', index * 8, index * 8 + 4));

describe.each([
  ['in one call', openVectoredRead],
  ['one by one', () => undefined],
] as const)('the memory of a live process, ranges read %s', (_, openVectored) => {
  const open = (pid: number): LiveProcessMemory => new LiveProcessMemory(pid, openVectored(pid));

  it('gives bytes, and nothing where nothing is mapped', async () => {
    const { pid, base } = await startProcess();
    const memory = open(pid);
    const into = Buffer.alloc(8);
    expect(memory.read(base, 4, into, 2)).toBe(4);
    expect(into.toString('latin1', 2, 6)).toBe(ELF_MAGIC);
    expect(memory.read(UNMAPPED, 8, into, 0)).toBe(0);
    expect(memory.read(0 as RemoteAddress, 8, into, 0)).toBe(0);
    memory.close();
  });

  it('gives ranges in order, up to the first that is not mapped', async () => {
    const { pid, base } = await startProcess();
    const memory = open(pid);
    const whole = batchOf([base, base, base]);
    expect(memory.readRanges(whole)).toBe(3);
    expect(magics(whole, 3)).toEqual([ELF_MAGIC, ELF_MAGIC, ELF_MAGIC]);
    const cut = batchOf([base, UNMAPPED, base]);
    expect(memory.readRanges(cut)).toBe(1);
    expect(magics(cut, 1)).toEqual([ELF_MAGIC]);
    expect(memory.readRanges(batchOf([UNMAPPED]))).toBe(0);
    memory.close();
  });

  it('gives ranges also after its buffer had to grow', async () => {
    const { pid, base } = await startProcess();
    const memory = open(pid);
    const batch = new RangeBatch();
    batch.reserve(1024 * 1024);
    batch.add(base, 8);
    expect(memory.readRanges(batch)).toBe(1);
    expect(magics(batch, 1)).toEqual([ELF_MAGIC]);
    memory.close();
  });

  it('gives as many ranges at once as a batch takes', async () => {
    const { pid, base } = await startProcess();
    const memory = open(pid);
    const batch = new RangeBatch();
    while (!batch.isFull) batch.add(base, 8);
    expect(batch.count).toBe(MAX_RANGES);
    expect(memory.readRanges(batch)).toBe(MAX_RANGES);
    expect(new Set(magics(batch, MAX_RANGES))).toEqual(new Set([ELF_MAGIC]));
    memory.close();
  });

  it('says so when the process has ended', async () => {
    const { pid, base } = await startProcess();
    const memory = open(pid);
    await end();
    const exited = expect.objectContaining({ code: 'target-exited' });
    expect(() => memory.read(base, 8, Buffer.alloc(8), 0)).toThrow(exited);
    expect(() => memory.readRanges(batchOf([base]))).toThrow(exited);
    expect(() => memory.read(base, 8, Buffer.alloc(8), 0)).toThrow(/has ended/);
    memory.close();
  });

  it('says so when the process has become another program', async () => {
    const { pid, base, goOn } = await startProcess();
    const memory = open(pid);
    goOn();
    await expect.poll(() => readFileSync(`/proc/${pid}/comm`, 'latin1')).toBe('sleep\n');
    expect(() => memory.read(base, 8, Buffer.alloc(8), 0)).toThrow(
      expect.objectContaining({ code: 'target-exited', message: `Process ${pid} runs another program now.` }),
    );
    memory.close();
  });
});

describe('a process that is not there', () => {
  it('is refused by name', () => {
    expect(() => new LiveProcessMemory(2 ** 22 + 1)).toThrow(expect.objectContaining({ code: 'no-such-process' }));
  });
});

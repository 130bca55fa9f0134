import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordingSummary } from '#trace/contract/api.ts';
import { endCommands, parseServerLine, startPythonTarget, startCommand, startProcess } from '../../test/cli-process.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { RecordingStore } from '../recording/recording-store.ts';
import { scanTraceFile } from '../recording/trace-scan.ts';

const KILLS = 20;
/** Servers at a time: each waits most of its life. */
const AT_ONCE = 4;
const LONGEST_LIFE_MS = 3_000;
/** What a killed server may have lost, by the issue. */
const MAX_LOST_MS = 1_000;

let folder: ReturnType<typeof makeTemporaryFolder>;

beforeEach(() => {
  folder = makeTemporaryFolder();
});
afterEach(() => {
  endCommands();
  folder.remove();
});

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Records for a while with the real command line, kills it, and tells how long before that its file ends. */
const recordAndKill = async (pid: number, recordings: string): Promise<{ lostMs: number; livedMs: number }> => {
  const server = startCommand(['serve', '--pid', String(pid), '--port', '0', '--recordings', recordings]);
  const { origin, token } = parseServerLine(await server.nextLine());
  const answer = await fetch(`${origin}/api/v1/recordings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ mode: 'real' }),
  });
  const { id, startedAt } = (await answer.json()) as RecordingSummary;
  expect(answer.status).toBe(201);
  await pause(Math.random() * LONGEST_LIFE_MS);
  const killedAt = Date.now();
  server.process.kill('SIGKILL');
  expect((await server.outcome).signal).toBe('SIGKILL');
  const { duration, isCut } = await scanTraceFile(path.join(recordings, `${id}.bbprof`));
  expect(isCut).toBe(true);
  return { lostMs: killedAt - (startedAt + duration / 1000), livedMs: killedAt - startedAt };
};

describe('SIGKILL of the server while it records', () => {
  test(`at ${String(KILLS)} random moments leaves every tick but those of the last second`, async () => {
    const target = await startPythonTarget();
    try {
      const outcomes: Awaited<ReturnType<typeof recordAndKill>>[] = [];
      for (let first = 0; first < KILLS; first += AT_ONCE) {
        const lives = Array.from({ length: AT_ONCE }, () => recordAndKill(target.pid, folder.path));
        outcomes.push(...(await Promise.all(lives)));
      }
      expect(outcomes.filter(({ lostMs }) => lostMs > MAX_LOST_MS)).toEqual([]);
      // Else nothing but starts was tested.
      expect(outcomes.filter(({ lostMs, livedMs }) => livedMs - lostMs > MAX_LOST_MS)).not.toEqual([]);
      const summaries = await (await RecordingStore.open(folder.path)).list();
      expect(summaries.map(({ endReason }) => endReason)).toEqual(Array(KILLS).fill('cut'));
    } finally {
      await target.end();
    }
  }, 180_000);

  test(`at ${String(KILLS)} random moments leaves every chunk that had been handed over`, async () => {
    const source = (name: string): string => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)));
    // Chunks come as fast as they are taken; the process says which it has handed over.
    const program = `
      const { RecordingStore } = await import(${source('../recording/recording-store.ts')});
      const { RecordingSession } = await import(${source('../session/recording-session.ts')});
      const { ScriptedSource, SCRIPTED_REQUEST } = await import(${source('../../test/scripted-source.ts')});
      const { writeSync } = await import('node:fs');
      const store = await RecordingStore.open(process.argv[1]);
      const writer = store.begin();
      const source = new ScriptedSource();
      await RecordingSession.start(source.start, SCRIPTED_REQUEST, writer);
      for (let count = 1; ; count++) {
        source.emitChunks(1, 2000);
        writeSync(1, count + '\\n');
        if (count % 10 === 0) await new Promise(setImmediate);
      }`;
    for (let kill = 0; kill < KILLS; kill++) {
      const recordings = path.join(folder.path, String(kill));
      const recorder = startProcess(process.execPath, ['--input-type=module', '-e', program, recordings]);
      await recorder.nextLine();
      await pause(Math.random() * 50);
      recorder.process.kill('SIGKILL');
      const { stdout, stderr } = await recorder.outcome;
      expect(stderr).toBe('');
      const handedOver = stdout.trimEnd().split('\n').length;
      const [file = ''] = fs.readdirSync(recordings).filter((name) => name.endsWith('.bbprof'));
      const { losses, isCut } = await scanTraceFile(path.join(recordings, file));
      expect(isCut).toBe(true);
      // One more may have been written and not yet said.
      expect([handedOver, handedOver + 1]).toContain(losses.ticksTaken / 50);
    }
  }, 120_000);
});

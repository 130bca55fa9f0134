/** A recording of the demo master with its builds, made through the server as a page does it. */
import { writeFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { API_ROOT, type RecordingSummary, type StartRequest } from '#trace/contract/api.ts';
import { ProfilerServer } from './profiler-server.ts';

/** The server starts, and the file is compressed. */
const SPARE_SECONDS = 30;

export const recordDemo = async (file: string, recordings: string, periodSeconds: number): Promise<void> => {
  const server = await ProfilerServer.start(['serve', '--demo', '--recordings', recordings]);
  try {
    const token = new URLSearchParams(server.url.hash.slice(1)).get('token') ?? '';
    const ask = (where: string, init: RequestInit = {}): Promise<Response> =>
      fetch(new URL(`${API_ROOT}/${where}`, server.url.origin), {
        ...init,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
    const wanted: StartRequest = { mode: 'real', periodSeconds };
    const answer = await ask('recordings', { method: 'POST', body: JSON.stringify(wanted) });
    const { id } = (await answer.json()) as RecordingSummary;
    const isOver = async (): Promise<boolean> => {
      const all = (await (await ask('recordings')).json()) as RecordingSummary[];
      return all.some((recording) => recording.id === id && recording.endReason !== undefined);
    };
    await expect.poll(isOver, { timeout: (periodSeconds + SPARE_SECONDS) * 1000 }).toBe(true);
    await writeFile(file, Buffer.from(await (await ask(`recordings/${id}`)).arrayBuffer()));
  } finally {
    await server.stop();
  }
};

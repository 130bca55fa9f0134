/** What the plugin can be asked for at its worst, on a master that builds: a recording, tabs that follow it live, and a download over a slow line. */
import type { RecordingSummary } from '#trace/contract/api.ts';
import type { MasterWeb } from '../master/master-web.ts';
import { takeSlowly } from '../master/slow-download.ts';

const TABS = 2;

export interface RunningLoad {
  /** Ends all of it. Resolves with the bytes of the download that came. */
  end(): Promise<number>;
}

/** Resolves when the tabs get chunks. */
export const startLoad = async (web: MasterWeb, downloadId: string, bytesPerSecond: number): Promise<RunningLoad> => {
  await web.json<RecordingSummary>('/api/v1/recordings', { method: 'POST', body: { mode: 'real' } });
  const tabs = Array.from({ length: TABS }, () => web.live());
  const answer = await web.open(`${web.root}/api/v1/recordings/${downloadId}`);
  const leaving = new AbortController();
  const taking = takeSlowly(answer, bytesPerSecond, leaving.signal);
  await Promise.all(tabs.map((tab) => tab.nextChunk()));
  return {
    end: async () => {
      leaving.abort();
      const taken = await taking;
      answer.destroy();
      await web.json('/api/v1/recordings/current/stop', { method: 'POST' });
      for (const tab of tabs) tab.close();
      return taken;
    },
  };
};

/** speedscope from npm, from loopback, on the same data in its own format. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { ROOT } from '../processes/child-process.ts';
import type { BrowserRun } from './browser-run.ts';
import { openFile, type OpenFigures } from './measure-ours.ts';
import { installProbe } from './page-probe.ts';
import type { TraceFiles } from './trace-files.ts';

const RELEASE = path.join(ROOT, 'node_modules/speedscope/dist/release');
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
};

export class SpeedscopeServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<SpeedscopeServer> {
    const server = createServer(({ url = '/' }, response) => {
      const name = path.basename(new URL(url, 'http://localhost').pathname) || 'index.html';
      response.setHeader('content-type', MEDIA_TYPES[path.extname(name)] ?? 'application/octet-stream');
      createReadStream(path.join(RELEASE, name))
        .on('error', () => response.writeHead(404).end())
        .pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new SpeedscopeServer(server);
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** To its first flame chart, which is that of the main thread alone. Absent where it did not open in time. */
export const measureSpeedscopeOpen = async (
  run: BrowserRun,
  url: URL,
  files: TraceFiles,
): Promise<OpenFigures | undefined> => {
  const { page } = run;
  await page.addInitScript(installProbe, { app: 'speedscope' as const, totalWeight: 1 });
  await page.goto(url.href);
  const input = page.locator('input[type=file]').first().elementHandle();
  const figures = await openFile(run, input, files.speedscope);
  if (figures !== undefined) await checkTotal(run, files.totals.mainWallMicroseconds);
  return figures;
};

/** Not timed: what it has read, as it saves it, since what it shows is rounded. */
const checkTotal = async ({ page }: BrowserRun, mainWallMicroseconds: number): Promise<void> => {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Export').first().click()]);
  const { profiles, activeProfileIndex } = JSON.parse(await readFile(await download.path(), 'utf8')) as SavedFile;
  const total = sumOpen(profiles[activeProfileIndex ?? 0]!.events);
  if (total !== mainWallMicroseconds) throw new Error(`speedscope has ${total} of ${mainWallMicroseconds} us`);
};

interface SavedEvent {
  readonly type: 'O' | 'C';
  readonly at: number;
}

interface SavedFile {
  readonly profiles: readonly { readonly events: readonly SavedEvent[] }[];
  readonly activeProfileIndex?: number;
}

/** How long some frame was open. */
const sumOpen = (events: readonly SavedEvent[]): number => {
  let sum = 0;
  let depth = 0;
  let last = 0;
  for (const { type, at } of events) {
    if (depth > 0) sum += at - last;
    last = at;
    depth += type === 'O' ? 1 : -1;
  }
  return sum;
};

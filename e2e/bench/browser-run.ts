/** One page in a Chromium of its own, and the memory of its renderer from outside. */
import { readFileSync } from 'node:fs';
import { chromium, type Browser, type CDPSession, type Page } from '@playwright/test';

const EXECUTABLE = '/usr/bin/chromium';
/** As in the tests; and no renderer is kept in reserve, which would count as the page's. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-features=SpareRendererForSitePerProcess',
];
/** Each page as it is drawn fastest on a machine without a GPU: speedscope needs WebGL, which software has; all else is faster without. */
const DRAWING = {
  plain: ['--disable-gpu'],
  webgl: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
} as const;
const MEMORY_INTERVAL_MS = 100;
const BYTES_PER_KIB = 1024;

export interface MemoryFigures {
  readonly peakBytes: number;
  readonly lastBytes: number;
}

export class BrowserRun {
  readonly page: Page;
  readonly input: CDPSession;
  readonly #browser: Browser;
  readonly #processes: CDPSession;
  #timer: NodeJS.Timeout | undefined;
  #peakBytes = 0;

  private constructor(browser: Browser, page: Page, input: CDPSession, processes: CDPSession) {
    this.#browser = browser;
    this.page = page;
    this.input = input;
    this.#processes = processes;
  }

  static async start(drawing: keyof typeof DRAWING): Promise<BrowserRun> {
    const browser = await chromium.launch({ executablePath: EXECUTABLE, args: [...ARGUMENTS, ...DRAWING[drawing]] });
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
    const page = await context.newPage();
    const input = await context.newCDPSession(page);
    return new BrowserRun(browser, page, input, await browser.newBrowserCDPSession());
  }

  /** Looks at the memory again and again until {@link readMemory}. */
  async watchMemory(): Promise<void> {
    const pids = await this.#rendererPids();
    this.#peakBytes = 0;
    this.#timer = setInterval(() => this.#look(pids), MEMORY_INTERVAL_MS);
  }

  async readMemory(): Promise<MemoryFigures> {
    clearInterval(this.#timer);
    const lastBytes = this.#look(await this.#rendererPids());
    return { peakBytes: this.#peakBytes, lastBytes };
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#browser.close();
  }

  #look(pids: readonly number[]): number {
    const sum = pids.reduce((bytes, pid) => bytes + readPrivateBytes(pid), 0);
    this.#peakBytes = Math.max(this.#peakBytes, sum);
    return sum;
  }

  async #rendererPids(): Promise<number[]> {
    const { processInfo } = await this.#processes.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  }
}

/** Pages that only this process has. 0 of one that has ended. */
const readPrivateBytes = (pid: number): number => {
  try {
    return parsePrivateBytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
  } catch {
    return 0; // Ended meanwhile.
  }
};

export const parsePrivateBytes = (smaps: string): number =>
  Array.from(smaps.matchAll(/^Private_\w+:\s+(\d+) kB$/gm)).reduce(
    (sum, [, kibibytes]) => sum + Number(kibibytes) * BYTES_PER_KIB,
    0,
  );

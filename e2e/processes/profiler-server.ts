/** `bbprofiler serve` and `bbprofiler view`, on a port that the system chooses, at the URL they print. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { NODE, ROOT, StartedProcess } from './child-process.ts';

export const BBPROFILER = path.join(ROOT, 'plugin/bin/bbprofiler.mjs');
const START_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
export const URL_LINE = /(http:\/\/localhost:\d+\/\S*)/;

/** @returns what the command prints */
export const runBbprofiler = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(NODE, [BBPROFILER, ...args], { maxBuffer: MAX_OUTPUT_BYTES })).stdout;

export class ProfilerServer {
  readonly process: StartedProcess;
  readonly url: URL;

  private constructor(process: StartedProcess, url: URL) {
    this.process = process;
    this.url = url;
  }

  static async start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<ProfilerServer> {
    const process = new StartedProcess(NODE, [BBPROFILER, ...args, '--port', '0'], environment);
    try {
      const [, url = ''] = await process.findLine(URL_LINE, START_TIMEOUT_MS);
      return new ProfilerServer(process, new URL(url));
    } catch (error) {
      await process.stop('SIGKILL');
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.process.stop('SIGINT');
  }
}

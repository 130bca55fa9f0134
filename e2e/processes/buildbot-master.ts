/** A Buildbot master and its worker, as Debian ships them, in a temporary folder. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { waitUntil } from './child-process.ts';

const run = promisify(execFile);

const COMMAND_TIMEOUT_MS = 60_000;
const FIRST_BUILD_TIMEOUT_MS = 60_000;
const CONFIGURATION = path.resolve(import.meta.dirname, '../buildbot/master.cfg');

const findFreePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const isAlive = (pid: number): boolean => existsSync(`/proc/${String(pid)}`);

export class BuildbotMaster {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#environment = environment;
  }

  get basedir(): string {
    return path.join(this.#folder, 'master');
  }

  get #workerDir(): string {
    return path.join(this.#folder, 'worker');
  }

  /** Resolves when the first build has run. */
  static async start(): Promise<BuildbotMaster> {
    const port = String(await findFreePort());
    const password = randomUUID();
    const master = new BuildbotMaster(await mkdtemp(path.join(tmpdir(), 'buildbot-e2e-')), {
      ...process.env,
      PB_PORT: port,
      WORKER_PASSWORD: password,
    });
    try {
      await master.#run('buildbot', 'create-master', '--quiet', master.basedir);
      await copyFile(CONFIGURATION, path.join(master.basedir, 'master.cfg'));
      // By itself it gives up after ten seconds, which a slow or busy machine needs.
      await master.#run('buildbot', 'start', `--start_timeout=${String(COMMAND_TIMEOUT_MS / 1000)}`, master.basedir);
      const worker = ['--quiet', master.#workerDir, `127.0.0.1:${port}`, 'local-worker', password];
      await master.#run('buildbot-worker', 'create-worker', ...worker);
      // Quiet, it does not wait for the worker, and so cannot give up either: the first build shows that it came.
      await master.#run('buildbot-worker', 'start', '--quiet', master.#workerDir);
      await master.#waitForBuild();
      return master;
    } catch (error) {
      await master.stop();
      throw error;
    }
  }

  /** The master goes first: with its worker gone it would wait for the build that runs. */
  async stop(): Promise<void> {
    await this.#end('buildbot', this.basedir);
    await this.#end('buildbot-worker', this.#workerDir);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** In order where it goes; a master that is busy with its builds may take longer than `stop` waits. */
  async #end(command: string, folder: string): Promise<void> {
    const pid = await readFile(path.join(folder, 'twistd.pid'), 'utf8').then(Number, () => undefined);
    if (pid === undefined) return; // Never started.
    await this.#run(command, 'stop', folder).catch(() => undefined);
    if (!isAlive(pid)) return;
    process.kill(pid, 'SIGKILL');
    await waitUntil(
      () => !isAlive(pid),
      COMMAND_TIMEOUT_MS,
      () => `${command} ${String(pid)} does not end`,
    );
  }

  async #waitForBuild(): Promise<void> {
    let log = '';
    const file = path.join(this.basedir, 'twistd.log');
    const reading = setInterval(() => void readFile(file, 'utf8').then((text) => (log = text)), 200);
    try {
      const isBuilt = (): boolean => log.includes('build finished');
      await waitUntil(isBuilt, FIRST_BUILD_TIMEOUT_MS, () => `no build finished:\n${log.slice(-4000)}`);
    } finally {
      clearInterval(reading);
    }
  }

  async #run(command: string, ...args: readonly string[]): Promise<void> {
    await run(command, args, { env: this.#environment, timeout: COMMAND_TIMEOUT_MS, cwd: this.#folder });
  }
}

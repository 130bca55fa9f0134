/** A Buildbot master and its worker, as Debian ships them, in a temporary folder. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { waitUntil } from './child-process.ts';

const run = promisify(execFile);

const COMMAND_TIMEOUT_MS = 60_000;
const FIRST_BUILD_TIMEOUT_MS = 60_000;
/** Debian's commands, which a Python of the test's choice may run, too. */
const COMMAND_FOLDER = '/usr/bin';
const CONFIGURATION = path.resolve(import.meta.dirname, '../buildbot/master.cfg');

export const findFreePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const isAlive = (pid: number): boolean => existsSync(`/proc/${String(pid)}`);

export interface MasterOptions {
  /** Runs Buildbot, with whatever is installed for it; else Debian's own does. */
  readonly python?: string;
  /** To follow on the configuration that all have. */
  readonly additions?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export class BuildbotMaster {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #python: string | undefined;

  private constructor(folder: string, environment: NodeJS.ProcessEnv, python: string | undefined) {
    this.#folder = folder;
    this.#environment = environment;
    this.#python = python;
  }

  get basedir(): string {
    return path.join(this.#folder, 'master');
  }

  get #workerDir(): string {
    return path.join(this.#folder, 'worker');
  }

  /** Of the process that runs now. */
  async pid(): Promise<number> {
    return Number(await readFile(path.join(this.basedir, 'twistd.pid'), 'utf8'));
  }

  readLog(): Promise<string> {
    return readFile(path.join(this.basedir, 'twistd.log'), 'utf8');
  }

  /** Writes the configuration anew, with these additions to what all have. */
  async configure(additions = ''): Promise<void> {
    const whole = `${await readFile(CONFIGURATION, 'utf8')}\n${additions}\n`;
    await writeFile(path.join(this.basedir, 'master.cfg'), whole);
  }

  /** What `buildbot checkconfig` says. */
  async checkConfiguration(): Promise<string> {
    return this.#run('buildbot', 'checkconfig', this.basedir).catch((error: unknown) => String(error));
  }

  /** Starts the master alone, again. */
  async startMaster(): Promise<void> {
    // By itself it gives up after ten seconds, which a slow or busy machine needs.
    await this.#run('buildbot', 'start', `--start_timeout=${String(COMMAND_TIMEOUT_MS / 1000)}`, this.basedir);
  }

  /** Starts the master alone, again, as one that root starts and that becomes this user and group by itself. */
  async startMasterAs(id: number): Promise<void> {
    if (this.#python === undefined) throw new Error('Of a Python of the test alone');
    // Whatever it reads and writes is in folders that were made for root.
    await run('chown', ['-R', `${String(id)}:${String(id)}`, this.#folder]);
    const options = ['--no_save', '--logfile=twistd.log', '--python=buildbot.tac'];
    const program = 'import sys; sys.argv[0] = "twistd"; from twisted.scripts.twistd import run; run()';
    await run(this.#python, ['-c', program, `--uid=${String(id)}`, `--gid=${String(id)}`, ...options], {
      env: this.#environment,
      timeout: COMMAND_TIMEOUT_MS,
      cwd: this.basedir,
    });
  }

  /** As `buildbot stop` does, or without any chance to clean up. */
  async endMaster(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const pid = await this.pid();
    process.kill(pid, signal);
    await waitUntil(
      () => !isAlive(pid),
      COMMAND_TIMEOUT_MS,
      () => `the master ${String(pid)} does not end`,
    );
    // Left behind by one that was killed; a master does not start where it is.
    await rm(path.join(this.basedir, 'twistd.pid'), { force: true });
  }

  /** Resolves when the first build has run. */
  static async start({ python, additions = '', environment = {} }: MasterOptions = {}): Promise<BuildbotMaster> {
    const port = String(await findFreePort());
    const password = randomUUID();
    const folder = await mkdtemp(path.join(tmpdir(), 'buildbot-e2e-'));
    const variables = { ...process.env, PB_PORT: port, WORKER_PASSWORD: password, ...environment };
    const master = new BuildbotMaster(folder, variables, python);
    try {
      await master.#run('buildbot', 'create-master', '--quiet', master.basedir);
      await master.configure(additions);
      await master.startMaster();
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

  /** @returns what it says */
  async #run(command: string, ...args: readonly string[]): Promise<string> {
    const options = { env: this.#environment, timeout: COMMAND_TIMEOUT_MS, cwd: this.#folder };
    const isMasters = this.#python !== undefined && command === 'buildbot';
    const { stdout } = isMasters
      ? await run(this.#python, [path.join(COMMAND_FOLDER, command), ...args], options)
      : await run(command, args, options);
    return stdout;
  }
}

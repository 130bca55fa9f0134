/** A Python that has Debian's Buildbot and, installed as a user would, the wheel of this project. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './child-process.ts';

const run = promisify(execFile);

/** Debian's own: its Buildbot is for no other. */
const DEBIAN_PYTHON = '/usr/bin/python3';
const WHEELS = path.join(ROOT, 'dist/wheels');

export class PythonWithPlugin {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  get python(): string {
    return path.join(this.#folder, 'bin/python');
  }

  get bbprofiler(): string {
    return path.join(this.#folder, 'bin/bbprofiler');
  }

  /** With the wheel that pip chooses, which brings Node; or with the pure one, which does not. */
  static async create({ isPure = false } = {}): Promise<PythonWithPlugin> {
    if (!existsSync(WHEELS)) throw new Error('There are no wheels: npm run package');
    const pure = readdirSync(WHEELS).find((name) => name.endsWith('-none-any.whl')) ?? '';
    const folder = await mkdtemp(path.join(tmpdir(), 'plugin-e2e-'));
    // A master may run as another user than this test.
    await chmod(folder, 0o755);
    await run(DEBIAN_PYTHON, ['-m', 'venv', '--system-site-packages', folder]);
    const created = new PythonWithPlugin(folder);
    const wheel = isPure ? [path.join(WHEELS, pure)] : ['--find-links', WHEELS, 'buildbot-profiler'];
    await run(created.python, ['-m', 'pip', 'install', '--no-index', ...wheel]);
    return created;
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}

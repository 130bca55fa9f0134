import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ProfilerError } from '#trace/contract/errors.ts';
import { TEMPORARY_SUFFIX } from './gzip-file.ts';
import { describeWriteError } from './trace-file-writer.ts';

const PLAIN_SUFFIX = '.bbprof';
const GZIP_SUFFIX = '.bbprof.gz';
const SIDECAR_SUFFIX = '.json';
const PRIVATE_FOLDER_MODE = 0o700;

/** `20261122-105712-9f3ac21b`: start in UTC, then chance. */
const ID_PATTERN = /^\d{8}-\d{6}-[0-9a-f]{8}$/;

export const isRecordingId = (text: string): boolean => ID_PATTERN.test(text);

export const generateRecordingId = (now = new Date()): string => {
  const [date = '', time = ''] = now.toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(4).toString('hex')}`;
};

/** How the files of a folder are named after the ids of their recordings. Ids have a strict form, so that no request can name a path. */
export interface RecordingNaming {
  generateId(start: Date): string;
  isId(text: string): boolean;
  /** Name of a recording's file, without its suffix. */
  toName(id: string): string;
  /** Undefined where the name is not of this naming. */
  toId(name: string): string | undefined;
  readonly sidecarPrefix: string;
}

/** Files that lie in a folder of their own, named by their id. */
const NAMED_BY_ID: RecordingNaming = {
  generateId: generateRecordingId,
  isId: isRecordingId,
  toName: (id) => id,
  toId: (name) => (isRecordingId(name) ? name : undefined),
  sidecarPrefix: '',
};

/**
 * `$XDG_STATE_HOME/bbprofiler/recordings`, by default under `~/.local/state`. The same for every target of the command line: a
 * recording made there never fills the disk that a master's basedir lies on unless the user names a folder there. (The plugin has a folder of its own in the basedir.)
 */
export const defaultRecordingsFolder = (environment: NodeJS.ProcessEnv = process.env): string => {
  const given = environment['XDG_STATE_HOME'];
  const state = given !== undefined && path.isAbsolute(given) ? given : path.join(os.homedir(), '.local', 'state');
  return path.join(state, 'bbprofiler', 'recordings');
};

export type StoredForm = 'plain' | 'gzip';

/** Names and presence of the files in the folder of recordings. Knows nothing of what is in them. */
export class RecordingFolder {
  readonly path: string;
  readonly #naming: RecordingNaming;

  private constructor(folder: string, naming: RecordingNaming) {
    this.path = folder;
    this.#naming = naming;
  }

  /** Makes the folder, for its owner alone, where there is none. @throws ProfilerError 'file-unwritable' */
  static open(folder: string, naming = NAMED_BY_ID): RecordingFolder {
    try {
      fs.mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
      fs.accessSync(folder, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
    } catch (error) {
      throw describeWriteError(folder, error);
    }
    return new RecordingFolder(folder, naming);
  }

  isId(text: string): boolean {
    return this.#naming.isId(text);
  }

  generateId(start: Date): string {
    return this.#naming.generateId(start);
  }

  plainPath(id: string): string {
    return path.join(this.path, this.#nameOf(id) + PLAIN_SUFFIX);
  }

  gzipPath(id: string): string {
    return path.join(this.path, this.#nameOf(id) + GZIP_SUFFIX);
  }

  sidecarPath(id: string): string {
    return path.join(this.path, this.#naming.sidecarPrefix + this.#nameOf(id) + SIDECAR_SUFFIX);
  }

  /** Newest first. */
  async ids(): Promise<readonly string[]> {
    const ids = new Set<string>();
    for (const name of await fs.promises.readdir(this.path)) {
      const id = this.#idOf(name, [GZIP_SUFFIX, PLAIN_SUFFIX]);
      if (id !== undefined) ids.add(id);
    }
    return [...ids].sort().reverse();
  }

  /** The plain file counts where both are there: then the compressed one came to be just now, and both hold the same. */
  async find(id: string): Promise<{ path: string; form: StoredForm; size: number; modifiedAt: number } | undefined> {
    if (!this.#naming.isId(id)) return undefined;
    for (const [file, form] of [
      [this.plainPath(id), 'plain'],
      [this.gzipPath(id), 'gzip'],
    ] as const) {
      const stat = await fs.promises.stat(file).catch(() => undefined);
      if (stat?.isFile() === true) return { path: file, form, size: stat.size, modifiedAt: stat.mtimeMs };
    }
    return undefined;
  }

  async remove(id: string): Promise<void> {
    await fs.promises.rm(this.plainPath(id), { force: true });
    await fs.promises.rm(this.gzipPath(id), { force: true });
    await fs.promises.rm(this.sidecarPath(id), { force: true });
  }

  /** Half-made files of a server that was killed. `isInUse` tells those of another server that is at it. */
  async removeTemporary(isInUse: (id: string) => Promise<boolean>): Promise<void> {
    for (const name of await fs.promises.readdir(this.path)) {
      if (!name.endsWith(TEMPORARY_SUFFIX)) continue;
      const whole = name.slice(0, -TEMPORARY_SUFFIX.length);
      const id = this.#idOf(whole, [GZIP_SUFFIX]) ?? this.#idOf(this.#withoutPrefix(whole), [SIDECAR_SUFFIX]);
      if (id === undefined || (await isInUse(id))) continue;
      await fs.promises.rm(path.join(this.path, name), { force: true });
    }
  }

  #idOf(name: string, suffixes: readonly string[]): string | undefined {
    const suffix = suffixes.find((known) => name.endsWith(known));
    return suffix === undefined ? undefined : this.#naming.toId(name.slice(0, -suffix.length));
  }

  #withoutPrefix(name: string): string {
    const { sidecarPrefix } = this.#naming;
    return name.startsWith(sidecarPrefix) ? name.slice(sidecarPrefix.length) : '';
  }

  /** Second line of defence behind the routes' own check. */
  #nameOf(id: string): string {
    if (!this.#naming.isId(id)) throw new ProfilerError('no-such-recording', 'There is no recording of this id');
    return this.#naming.toName(id);
  }
}

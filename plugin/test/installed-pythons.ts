import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Colon-separated executables to test against, beside those found. */
const EXTRA_PYTHONS = 'BBP_PYTHONS';
const SUPPORTED_MINORS = [8, 9, 10, 11, 12, 13, 14, 15];
const NAMES = ['python3', ...SUPPORTED_MINORS.map((minor) => `python3.${minor}`)];

export interface InstalledPython {
  /** What to start. */
  readonly executable: string;
  /** As in `3.11.7`, or `3.15.0b1`. */
  readonly version: string;
  readonly isSupported: boolean;
  /** Whether its code objects know their qualified names (3.11 and newer). */
  readonly hasQualifiedNames: boolean;
  /** Whether a thread state knows the thread that runs it, not the one that made it (3.13 and newer). */
  readonly hasBoundStates: boolean;
  /** Whether its frames are objects on the heap (up to 3.10). */
  readonly hasFrameObjects: boolean;
}

const PROBE =
  'import sys, sysconfig; l = {"alpha": "a", "beta": "b", "candidate": "rc", "final": ""}[sys.version_info[3]];' +
  'print(sys.executable, "%d.%d.%d" % sys.version_info[:3] + (l + str(sys.version_info[4]) if l else ""),' +
  ' sysconfig.get_config_var("Py_GIL_DISABLED") or 0, sep="\\n")';

/** Starts it: a name on the path may be a script that starts another, or one that does not work. */
const probe = (command: string): InstalledPython | undefined => {
  try {
    const [executable = '', version = '', isFreeThreaded = ''] = execFileSync(command, ['-c', PROBE], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).split('\n');
    const minor = Number(version.split('.')[1]);
    const isSupported = SUPPORTED_MINORS.includes(minor) && isFreeThreaded === '0';
    return {
      executable: realpathSync(executable),
      version,
      isSupported,
      hasQualifiedNames: minor >= 11,
      hasBoundStates: minor >= 13,
      hasFrameObjects: minor < 11,
    };
  } catch {
    // Not a Python that starts.
    return undefined;
  }
};

const pyenvPythons = (): string[] => {
  const versions = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  return existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin', 'python3')) : [];
};

const pathPythons = (): string[] =>
  (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));

/** Every CPython 3 of this machine, each executable once. */
export const findPythons = (): InstalledPython[] => {
  const extra = (process.env[EXTRA_PYTHONS] ?? '').split(delimiter).filter((path) => path !== '');
  const found = new Map<string, InstalledPython>();
  for (const command of [...pathPythons(), ...pyenvPythons(), ...extra].filter((path) => existsSync(path))) {
    const python = probe(command);
    // What is listed is started as listed: it may be a script that sets what its Python needs.
    if (python !== undefined)
      found.set(python.executable, extra.includes(command) ? { ...python, executable: command } : python);
  }
  return [...found.values()].sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
};

import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { splitLines } from '#trace/contract/split-lines.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { createServer } from '../server/create-server.ts';
import { listenOnSocket } from '../server/listen-on-socket.ts';
import { decodeMasterMessage, MAX_MASTER_LINE_BYTES } from '../server/master-messages.ts';
import { BuildbotVersion } from '../session/buildbot-version.ts';
import { MasterAttendant, type AttendantNews } from '../session/master-attendant.ts';
import { ProcessLocator } from '../session/master-locator.ts';
import { masterSocketPath, preparePrivateFolder } from '../session/master-socket.ts';
import { TargetWatch } from '../session/target-watch.ts';
import { REPORT_PAGE } from './built-files.ts';
import { examineTarget } from './examine-target.ts';
import { loadDumper, loadSampler } from './load-sampler.ts';
import { PROGRAM_VERSION } from './version.ts';

/** For the end line of each recording in progress, and for compressing what is small. */
const RECORDER_CLOSE_LIMIT_MS = 6_000;
/** After its end was asked for the process is gone by then, whatever still holds it. */
const EXIT_LIMIT_MS = 10_000;
/** The pipe of a master that dies closes after its memory is gone: at the next tick its recordings end by that, and say so. */
const LAST_TICKS_MS = 300;
/** How soon the death of a master is noticed whose end of the pipe somebody else holds open. */
const PARENT_LOOK_MS = 500;
/** Until the master has let itself be read; what stands in the way may be cleared at any time. */
const TARGET_LOOK_MS = 1_000;
/** The master permits right after it has started this program: what is refused before is no news. */
const PATIENCE_LOOKS = 3;

export interface AttendOptions {
  readonly basedir: string;
  readonly pid: number;
  readonly buildbotVersion?: string;
}

type News =
  | AttendantNews
  | { readonly kind: 'listening'; readonly socket: string; readonly version: string }
  | { readonly kind: 'target'; readonly pythonVersion: string }
  | { readonly kind: 'obstacle'; readonly message: string; readonly remedies: readonly string[] };

const tell = (news: News): void => {
  process.stdout.write(`${JSON.stringify(news)}\n`);
};

const tellProblem = ({ code, message }: ProfilerError): void => {
  tell({ kind: 'problem', problem: { code, message } });
};

/** Serves the plugin in the master that has started this process, until that ends. */
export const attendMaster = async ({ basedir, pid, buildbotVersion }: AttendOptions): Promise<void> => {
  const stop = listenForEnd();
  const { startSampler, describeTarget, offerToOomKiller } = await loadSampler();
  const buildbot = buildbotVersion === undefined ? undefined : new BuildbotVersion(buildbotVersion);
  const dumpThreads = await loadDumper();
  offerToOomKiller();
  const socket = masterSocketPath(basedir);
  preparePrivateFolder(path.dirname(socket));
  const locator = new ProcessLocator(pid);
  const watch = new TargetWatch(locator, buildbot?.describe(describeTarget) ?? describeTarget);
  const startSource = buildbot?.start(startSampler) ?? startSampler;
  const onFailure = (error: unknown): void => console.error(error);
  const attendant = await MasterAttendant.open({ basedir, watch, startSource, onNews: tell, onFailure });
  const app = await createServer({
    version: PROGRAM_VERSION,
    library: attendant.library,
    recorder: attendant.recorder,
    reportPage: REPORT_PAGE,
    inspector: { dump: () => dumpThreads(pid), examine: () => examineTarget(locator) },
    onFailure,
  });
  const takeAway = await listenOnSocket(app, socket);
  tell({ kind: 'listening', socket, version: PROGRAM_VERSION });
  tellOfTarget(watch, () => examineTarget(locator).remedies, stop.signal);
  void takeMessages(attendant).finally(() => stop.abort());
  await new Promise((resolve) => {
    if (stop.signal.aborted) resolve(undefined);
    else stop.signal.addEventListener('abort', resolve, { once: true });
  });
  setTimeout(() => process.exit(0), EXIT_LIMIT_MS).unref();
  if (hasEnded(pid)) await sleep(LAST_TICKS_MS);
  await attendant.close(RECORDER_CLOSE_LIMIT_MS);
  await app.close();
  takeAway();
  // Standard input may be open still.
  process.exit(0);
};

/**
 * Aborted by SIGTERM or when the parent is another. Ctrl-C and a closed terminal are meant for the master, whose end then ends this too; so may
 * be a pipe that nobody reads any more.
 */
const listenForEnd = (): AbortController => {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
  process.on('SIGTERM', () => stop.abort());
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', () => undefined);
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop.abort();
  }, PARENT_LOOK_MS).unref();
  return stop;
};

/** A process that ends lets go of its program before its files, and of its pid only when somebody asks how it ended. */
const hasEnded = (pid: number): boolean => {
  try {
    fs.readlinkSync(`/proc/${String(pid)}/exe`);
    return false;
  } catch {
    return true;
  }
};

/** Resolves when the master has closed its end. */
const takeMessages = async (attendant: MasterAttendant): Promise<void> => {
  try {
    for await (const { bytes } of splitLines(process.stdin, MAX_MASTER_LINE_BYTES, tellProblem)) {
      try {
        void attendant.take(decodeMasterMessage(Buffer.from(bytes).toString()));
      } catch (error) {
        if (!(error instanceof ProfilerError)) throw error;
        tellProblem(error);
      }
    }
  } catch (error) {
    // A pipe that broke: nothing more comes.
    console.error(error);
  }
};

/** Says once that the master can be read, or what stands in the way until then. */
const tellOfTarget = (watch: TargetWatch, findRemedies: () => readonly string[], signal: AbortSignal): void => {
  let last = '';
  let looks = 0;
  const look = (): void => {
    if (signal.aborted) return;
    const { target, problem } = watch.look();
    if (target !== undefined) {
      tell({ kind: 'target', pythonVersion: target.pythonVersion });
      return;
    }
    if (++looks > PATIENCE_LOOKS && problem.message !== last) {
      last = problem.message;
      tell({ kind: 'obstacle', message: problem.message, remedies: findRemedies() });
    }
    setTimeout(look, TARGET_LOOK_MS).unref();
  };
  look();
};

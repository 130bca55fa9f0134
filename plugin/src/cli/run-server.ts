import { generateToken } from '../server/access-guard.ts';
import { createServer } from '../server/create-server.ts';
import { listen } from '../server/listen.ts';
import { createRelay } from '../server/socket-relay.ts';
import type { RecordingLibrary } from '../recording/recording-library.ts';
import type { Recorder } from '../session/recorder.ts';
import { REPORT_PAGE, UI_FOLDER } from './built-files.ts';
import { listenForStop, whenAborted } from './stop-signal.ts';
import { writeResult } from './terminal.ts';
import { PROGRAM_VERSION } from './version.ts';

/** For the end line of a recording in progress, and for compressing what is small. */
const RECORDER_CLOSE_LIMIT_MS = 6_000;
/** After the stop signal the process is gone by then, whatever still holds it. */
const EXIT_LIMIT_MS = 10_000;

export interface ServerRun {
  readonly port: number;
  readonly library: RecordingLibrary;
  readonly recorder?: Recorder;
  /** What is served, as the printed line says it. */
  readonly what: string;
  /** The page to open, with its query. */
  readonly page: string;
}

const onFailure = (error: unknown): void => console.error(error);

/** Serves until told to stop, then ends in order. */
export const runServer = async ({ port, library, recorder, what, page }: ServerRun): Promise<void> => {
  const token = generateToken();
  const built = { uiFolder: UI_FOLDER, reportPage: REPORT_PAGE };
  const parts = { version: PROGRAM_VERSION, token, library, recorder, ...built, onFailure };
  await serveUntilStopped(await createServer(parts), { port, what, page, token }, () =>
    recorder?.close(RECORDER_CLOSE_LIMIT_MS),
  );
};

/** Serves the page for a sampler that listens on a socket. A recording in progress goes on there when this ends. */
export const runRelay = async (socket: string, { port, what, page }: Omit<ServerRun, 'library'>): Promise<void> => {
  const token = generateToken();
  const app = await createRelay({ token, socket, uiFolder: UI_FOLDER, onFailure });
  await serveUntilStopped(app, { port, what, page, token });
};

type Announcement = Pick<ServerRun, 'port' | 'what' | 'page'> & { readonly token: string };

const serveUntilStopped = async (
  app: Awaited<ReturnType<typeof createServer>>,
  { port, what, page, token }: Announcement,
  closeRecorder?: () => Promise<void> | undefined,
): Promise<void> => {
  const stop = listenForStop();
  const actualPort = await listen(app, port);
  await writeResult(`bbprofiler: ${what} at http://localhost:${String(actualPort)}${page}#token=${token}\n`);
  await whenAborted(stop);
  setTimeout(() => process.exit(0), EXIT_LIMIT_MS).unref();
  await closeRecorder?.();
  await app.close();
};

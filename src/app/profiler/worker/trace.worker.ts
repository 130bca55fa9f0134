/** The worker's shell: wires the session and the analyser to the messages of the page, or what unpacks to those of another such worker. Logic lives in the classes it joins. */
import { describeFailure } from '../shared/describe-failure.ts';
import type { TraceSide } from '../shared/trace-state.ts';
import { Analyst } from './analyst.ts';
import { Comparer } from './comparer.ts';
import { AnswerPacker } from './answer-packing.ts';
import { convertFile } from './convert-file.ts';
import { makeExportHost } from './export-host.ts';
import { PauseTask } from './pause-task.ts';
import { type MessageEnd, RpcResponder } from './rpc.ts';
import type { TraceCalls, TraceNotice } from './trace-calls.ts';
import { TraceSession } from './trace-session.ts';
import { readInThread, serveUnpacking } from './unpacking-thread.ts';
import { yieldToTasks } from './yield-to-tasks.ts';

/** This script is also that of the threads it starts to unpack long files: their name tells them apart. */
const UNPACKING_THREAD = 'bbp-unpacking';
const startUnpacking = (): Worker => new Worker(self.location.href, { type: 'module', name: UNPACKING_THREAD });

/** After this long without a question there is time to prepare for the next. */
const PAUSE_MS = 300;

/** The worker of the page. */
const serveTraces = (): void => {
  const responder = new RpcResponder<TraceCalls, TraceNotice>(self as unknown as MessageEnd, describeFailure);
  const openSession = (side: TraceSide): TraceSession =>
    new TraceSession(
      {
        onTrace: (state) => responder.notify({ kind: 'trace', side, state }),
        onStatus: (status) => responder.notify({ kind: 'status', status }),
      },
      {
        fetch: (url, init) => fetch(url, init),
        openSocket: (url, protocols) => new WebSocket(url, protocols),
        schedule: (action, milliseconds) => {
          const timer = setTimeout(action, milliseconds);
          return () => clearTimeout(timer);
        },
        readBytesElsewhere: (stream, onBytes) => readInThread(startUnpacking, stream, onBytes),
        now: () => performance.now(),
        yieldToTasks,
      },
    );

  const sessions: Readonly<Record<TraceSide, TraceSession>> = {
    open: openSession('open'),
    before: openSession('before'),
  };

  const pause = new PauseTask(PAUSE_MS);
  const analyst = new Analyst(new Comparer());
  const packer = new AnswerPacker();
  /** The build puts it beside this script. */
  const exportHost = makeExportHost(new URL('report.html', self.location.href).href, (url) => fetch(url));

  responder.serve({
    openRecording: ({ side, recording }) => sessions[side].openRecording(recording),
    openFile: ({ side, file }) => sessions[side].openFile(file),
    stopReading: ({ side }) => sessions[side].stopReading(),
    close: ({ side }) => sessions[side].close(),
    convertFile: (request) =>
      convertFile(request, exportHost, (loadedBytes) => responder.notify({ kind: 'conversion', loadedBytes })),
    analyse: (request) => {
      const answer = packer.pack(analyst.analyse(sessions.open.model, request, sessions.before.model));
      pause.plan(() => {
        const { open } = sessions;
        if (!open.isAtRest || open.revision !== request.revision) return;
        try {
          analyst.prepare(open.model, request);
        } catch {
          // Nobody has asked for it: whoever does is told what is wrong.
        }
      });
      return answer;
    },
  });
};

// An error goes to whoever started the thread, as any that nobody catches.
if (self.name === UNPACKING_THREAD) serveUnpacking(self as unknown as MessageEnd).catch(reportError);
else serveTraces();

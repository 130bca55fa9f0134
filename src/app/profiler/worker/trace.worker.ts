/** The worker's shell: wires the session and the analyser to the messages of the page. Logic lives in the classes it joins. */
import { describeFailure } from '../shared/describe-failure.ts';
import type { TraceSide } from '../shared/trace-state.ts';
import { Analyst } from './analyst.ts';
import { Comparer } from './comparer.ts';
import { AnswerPacker } from './answer-packing.ts';
import { convertFile } from './convert-file.ts';
import { makeExportHost } from './export-host.ts';
import { type MessageEnd, RpcResponder } from './rpc.ts';
import type { TraceCalls, TraceNotice } from './trace-calls.ts';
import { TraceSession } from './trace-session.ts';
import { yieldToTasks } from './yield-to-tasks.ts';

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
      now: () => performance.now(),
      yieldToTasks,
    },
  );

const sessions: Readonly<Record<TraceSide, TraceSession>> = {
  open: openSession('open'),
  before: openSession('before'),
};

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
  analyse: (request) => packer.pack(analyst.analyse(sessions.open.model, request, sessions.before.model)),
});

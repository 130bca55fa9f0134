import { Command, Option } from 'commander';
import { ProfilerError } from '#trace/contract/errors.ts';
import { defaultRecordingsFolder } from '../recording/recording-folder.ts';
import { RecordingStore } from '../recording/recording-store.ts';
import { ProcessLocator } from '../session/master-locator.ts';
import { withBuildEvents } from '../session/build-events.ts';
import { BuildLedger } from '../session/build-ledger.ts';
import { Recorder } from '../session/recorder.ts';
import { TargetWatch } from '../session/target-watch.ts';
import { formatTarget } from './format-outcome.ts';
import { DemoMaster } from './demo-master.ts';
import { loadSampler } from './load-sampler.ts';
import { MasterClient } from './master-client.ts';
import { addTargetOptions, locatorFor, portOption, type TargetOptions } from './options.ts';

interface ServeOptions extends TargetOptions {
  readonly demo?: true;
  readonly port: number;
  readonly recordings?: string;
}

const EXAMPLES = `
Examples:
  $ bbprofiler serve --basedir /var/lib/buildbot/master
  $ bbprofiler serve --pid 4711 --port 9000
  $ bbprofiler serve --demo

Prints one line with the address of the page, which holds the key to it. The page is served on this machine only; from
elsewhere use a tunnel: ssh -L 8080:localhost:8080 HOST. A master that is restarted is followed with --basedir. Where its plugin runs a sampler, that one
records, and the recordings are those of its tab.`;

export const serveCommand = (): Command =>
  addTargetOptions(new Command('serve'))
    .description('Serve the page and record from the browser.')
    .addOption(new Option('--demo', 'start a small pretended master and profile that').conflicts(['pid', 'basedir']))
    .addOption(portOption())
    .option('--recordings <dir>', `folder of the recordings (default: ${defaultRecordingsFolder()})`)
    .addHelpText('after', EXAMPLES)
    .action(serve);

const serve = async (options: ServeOptions): Promise<void> => {
  const client = options.demo === true ? undefined : await MasterClient.find(options);
  if (client !== undefined) return serveThroughPlugin(client, options);
  const { startSampler, describeTarget } = await loadSampler();
  const ledger = new BuildLedger();
  const demo = options.demo === true ? await DemoMaster.start((builds) => ledger.take(builds)) : undefined;
  try {
    const locator = demo === undefined ? locatorFor(options) : new ProcessLocator(demo.pid);
    const watch = new TargetWatch(locator, describeTarget);
    const { target, problem } = watch.look();
    if (problem !== undefined) throw new ProfilerError(problem.code, problem.message);
    const store = await RecordingStore.open(options.recordings ?? defaultRecordingsFolder());
    const startSource = demo === undefined ? startSampler : withBuildEvents(startSampler, ledger);
    const recorder = new Recorder(store, watch, startSource, (error) => console.error(error));
    const what = `profiling ${formatTarget(target)}`;
    // On demand: the other commands start in half the time without it.
    const { runServer } = await import('./run-server.ts');
    await runServer({ port: options.port, library: store, recorder, what, page: '/profiler' });
  } finally {
    await demo?.end();
  }
};

/** A master whose reactor is stuck, and whose tab therefore does not answer, is recorded and looked at all the same. */
const serveThroughPlugin = async (client: MasterClient, { port, recordings }: ServeOptions): Promise<void> => {
  if (recordings !== undefined)
    throw new ProfilerError(
      'bad-argument',
      'The plugin of this master has a folder of its own: leave out --recordings',
    );
  const { target } = await client.status();
  const whom = target === undefined ? 'a master that cannot be read' : formatTarget(target);
  const { runRelay } = await import('./run-server.ts');
  await runRelay(client.socket, { port, what: `profiling ${whom} through the master's plugin`, page: '/profiler' });
};

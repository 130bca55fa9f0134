import { Command } from 'commander';
import { FileShelf } from '../recording/file-shelf.ts';
import type { RecordingLibrary } from '../recording/recording-library.ts';
import { defaultRecordingsFolder } from '../recording/recording-folder.ts';
import { RecordingStore } from '../recording/recording-store.ts';
import { portOption } from './options.ts';

interface ViewOptions {
  readonly port: number;
  readonly recordings?: string;
}

const EXAMPLES = `
Examples:
  $ bbprofiler                         the viewer; open a file from the page
  $ bbprofiler slow.bbprof.gz          the same, with this file open
  $ bbprofiler view prof_2017.json.gz  a file of the original plugin

Works offline and on any system. Without files, the recordings made on this machine are there, and the newest is open.`;

export const viewCommand = (): Command =>
  new Command('view')
    .description('Serve the page to look at recordings (the default).')
    .argument('[files...]', '.bbprof, also packed with gzip, or any other format that docs/formats.md lists')
    .addOption(portOption())
    .option('--recordings <dir>', `folder of the recordings to list (default: ${defaultRecordingsFolder()})`)
    .addHelpText('after', EXAMPLES)
    .action(view);

const view = async (files: readonly string[], { port, recordings }: ViewOptions): Promise<void> => {
  const { library, page } = await open(files, recordings);
  // On demand: the other commands start in half the time without it.
  const { runServer } = await import('./run-server.ts');
  await runServer({ port, library, what: 'viewer', page });
};

const open = async (
  files: readonly string[],
  recordings = defaultRecordingsFolder(),
): Promise<{ library: RecordingLibrary; page: string }> => {
  if (files.length === 0) return { library: await RecordingStore.open(recordings), page: '/profiler' };
  const shelf = await FileShelf.load(files);
  // One file is what the user wants to see; of several, the page lists them.
  const [first] = shelf.ids;
  return { library: shelf, page: files.length === 1 ? `/profiler?recording=${first ?? ''}` : '/recordings' };
};

import { Command, Option } from 'commander';
import type { AttendOptions } from './attend-master.ts';
import { pidOption } from './options.ts';

const HELP = `
Started by the plugin in a Buildbot master, not by hand. Takes messages on standard input, one JSON text a line, and tells what happens on
standard output in the same way. Ends when standard input closes or its parent goes.`;

export const attendCommand = (): Command =>
  new Command('attend')
    .description('Serve the plugin of the master that starts this.')
    .addOption(new Option('--basedir <dir>', "the master's folder").makeOptionMandatory())
    .addOption(pidOption().makeOptionMandatory())
    .addOption(new Option('--buildbot-version <version>', "the master's version of Buildbot"))
    .addHelpText('after', HELP)
    .action(async (options: AttendOptions) => {
      // On demand: the other commands start in half the time without the server.
      const { attendMaster } = await import('./attend-master.ts');
      await attendMaster(options);
    });

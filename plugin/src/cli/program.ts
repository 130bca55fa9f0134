import { Command, CommanderError } from 'commander';
import { ERROR_KINDS, EXIT_USAGE, ProfilerError } from '#trace/contract/errors.ts';
import { adviceFor, pointToDoctor } from './advice.ts';
import { attendCommand } from './attend.ts';
import { compareCommand } from './compare.ts';
import { convertCommand } from './convert.ts';
import { doctorCommand } from './doctor.ts';
import { dumpCommand } from './dump.ts';
import type { TargetOptions } from './options.ts';
import { recordCommand } from './record.ts';
import { serveCommand } from './serve.ts';
import { stallsCommand } from './stalls.ts';
import { endWithReader, say } from './terminal.ts';
import { PROGRAM_VERSION } from './version.ts';
import { viewCommand } from './view.ts';

const EXAMPLES = `
Examples:
  $ bbprofiler serve --basedir /var/lib/buildbot/master   record a master from the browser
  $ bbprofiler serve --pid 4711                           record any Python process from the browser
  $ bbprofiler record --pid 4711 --duration 60 --output slow.bbprof.gz
  $ bbprofiler slow.bbprof.gz                             look at a recording, offline
  $ bbprofiler stalls slow.bbprof.gz                      what held the reactor, and when
  $ bbprofiler compare before.bbprof.gz after.bbprof.gz   what grew and what shrank
  $ bbprofiler dump --pid 4711                            all stacks, now
  $ bbprofiler doctor --pid 4711                          what stands in the way of reading a process

Exit codes: 0 done, ${String(EXIT_USAGE)} wrong usage; each other names an error of docs/errors.md.`;

const buildProgram = (): Command => {
  const program = new Command('bbprofiler')
    .description('Statistical profiler for the Buildbot master, and any other CPython process, from outside.')
    .version(PROGRAM_VERSION)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(see --help)');
  const commands = [
    viewCommand(),
    serveCommand(),
    recordCommand(),
    stallsCommand(),
    compareCommand(),
    dumpCommand(),
    convertCommand(),
    doctorCommand(),
  ];
  for (const command of commands) program.addCommand(command, { isDefault: command.name() === 'view' });
  // Hidden: it is no one's to start by hand.
  program.addCommand(attendCommand(), { hidden: true });
  for (const command of [program, ...program.commands]) command.exitOverride().showHelpAfterError('(see --help)');
  return program;
};

/** Runs one command and gives the exit code. */
export const runCommandLine = async (args: readonly string[]): Promise<number> => {
  endWithReader();
  let target: TargetOptions = {};
  const program = buildProgram().hook('preAction', (_program, command) => {
    target = command.opts();
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explain(error, target);
  }
};

const explain = (error: unknown, target: TargetOptions): number => {
  // Commander has said it already: help, version, or what is wrong with the arguments.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof ProfilerError) {
    say(`${error.message.replace(/\.$/, '')}. ${adviceFor(error.code)}${pointToDoctor(error.code, target)}`);
    return ERROR_KINDS[error.code].exitCode;
  }
  console.error(error);
  say(adviceFor('internal'));
  return ERROR_KINDS.internal.exitCode;
};

import { Command } from 'commander';
import type { ThreadDump } from '#trace/contract/api.ts';
import { GilState, ThreadState } from '#trace/contract/thread-state.ts';
import { loadDumper } from './load-sampler.ts';
import { MasterClient } from './master-client.ts';
import { addTargetOptions, locatorFor, type TargetOptions } from './options.ts';
import { writeResult } from './terminal.ts';

interface DumpOptions extends TargetOptions {
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ bbprofiler dump --basedir /var/lib/buildbot/master
  $ bbprofiler dump --pid 4711 --json | jq '.[] | select(.isMain) | .frames[0]'

The innermost frame comes first. Nothing is stopped: each stack is whole in itself, and the threads are read one after the other.`;

export const dumpCommand = (): Command =>
  addTargetOptions(new Command('dump'))
    .description('Print all stacks of a process, now.')
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action(dump);

const dump = async (options: DumpOptions): Promise<void> => {
  const client = await MasterClient.find(options);
  const threads = client === undefined ? await dumpDirectly(options) : await client.dump();
  await writeResult(options.json === true ? formatJson(threads) : threads.map(formatThread).join('\n'));
};

const dumpDirectly = async (options: TargetOptions): Promise<readonly ThreadDump[]> => {
  const dumpThreads = await loadDumper();
  return dumpThreads(locatorFor(options).locate());
};

const nameOf = (states: Readonly<Record<string, number>>, value: number): string =>
  Object.entries(states).find(([, known]) => known === value)?.[0] ?? String(value);

const formatJson = (threads: readonly ThreadDump[]): string => {
  const named = threads.map((thread) => ({
    ...thread,
    state: nameOf(ThreadState, thread.state),
    gil: nameOf(GilState, thread.gil),
  }));
  return `${JSON.stringify(named, undefined, 2)}\n`;
};

const STATE_WORDS: Readonly<Record<ThreadState, string>> = {
  [ThreadState.absent]: 'gone',
  [ThreadState.running]: 'running',
  [ThreadState.runnable]: 'waiting for a CPU',
  [ThreadState.waiting]: 'waiting',
  [ThreadState.idle]: 'idle',
  [ThreadState.lostTorn]: 'too busy to be read, try again',
  [ThreadState.lostUnreadable]: 'unreadable',
};

const GIL_WORDS: Readonly<Record<GilState, string>> = {
  [GilState.unknown]: '',
  [GilState.neither]: '',
  [GilState.holds]: ', holds the GIL',
  [GilState.wants]: ', wants the GIL',
};

const formatThread = ({ name, nativeId, state, gil, frames }: ThreadDump): string => {
  const lines = frames.map(
    (frame) => `    ${frame.function} (${frame.file}${frame.line > 0 ? `:${String(frame.line)}` : ''})\n`,
  );
  return `${name} (thread ${String(nativeId)}): ${STATE_WORDS[state]}${GIL_WORDS[gil]}\n${lines.join('')}`;
};

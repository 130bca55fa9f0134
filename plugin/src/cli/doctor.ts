import { Command } from 'commander';
import type { AttachCheck, Examination, Verdict } from '#trace/contract/api.ts';
import { ERROR_KINDS } from '#trace/contract/errors.ts';
import { loadExaminer } from './load-sampler.ts';
import { MasterClient } from './master-client.ts';
import { addTargetOptions, locatorFor, type TargetOptions } from './options.ts';
import { writeResult } from './terminal.ts';

const EXAMPLES = `
Examples:
  $ bbprofiler doctor --pid 4711
  $ bbprofiler doctor --basedir /var/lib/buildbot/master

Opens the memory of the process, read-only, as the other commands do, and says of each thing that could stand in the way whether it
does. Run it as the user who is to record. Exit code 0 if the process can be read, else that of the error that the others end with.`;

export const doctorCommand = (): Command =>
  addTargetOptions(new Command('doctor'))
    .description('Say what stands in the way of reading a process, and what clears it.')
    .addHelpText('after', EXAMPLES)
    .action(examine);

const examine = async (options: TargetOptions): Promise<void> => {
  const client = await MasterClient.find(options);
  // Of a plugin that runs, what it may read counts, and not what this user may.
  const examination = client === undefined ? await examineDirectly(options) : await client.examine();
  await writeResult(formatExamination(examination));
  if (examination.error !== undefined) process.exitCode = ERROR_KINDS[examination.error.code].exitCode;
};

const examineDirectly = async (options: TargetOptions): Promise<Examination> => {
  const locator = locatorFor(options);
  const examineTarget = await loadExaminer();
  return examineTarget(locator);
};

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  ok: 'ok',
  blocks: 'stands in the way',
  unknown: 'not known',
};

const formatExamination = ({ checks, conclusion, remedies }: Examination): string =>
  [...formatChecks(checks), '', conclusion, ...remedies.map((remedy) => `  ${remedy}`), ''].join('\n');

const formatChecks = (checks: readonly AttachCheck[]): string[] => {
  const subjectWidth = Math.max(...checks.map(({ subject }) => subject.length));
  const verdictWidth = Math.max(...checks.map(({ verdict }) => VERDICT_WORDS[verdict].length));
  return checks.map(({ subject, verdict, fact }) =>
    [subject.padEnd(subjectWidth), VERDICT_WORDS[verdict].padEnd(verdictWidth), fact].join('  '),
  );
};

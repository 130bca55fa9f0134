/** Ends a script in words: what failed, and the last of what the command said. */
import { CommandFailure } from './run-command.mjs';

export const explainFailure = (error) => {
  if (error instanceof CommandFailure && error.output !== '') process.stderr.write(`${error.output.trimEnd()}\n`);
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\n${text}\n`);
};

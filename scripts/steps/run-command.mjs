/** Runs one command to its end, in the root of the clone. */
import { spawn } from 'node:child_process';
import { commandEnvironment, ROOT } from './project.mjs';

/** Of a quiet command that fails, this many last characters are enough to see why. */
const KEPT_OUTPUT_LENGTH = 20_000;

export class CommandFailure extends Error {
  constructor(command, args, outcome, output) {
    super(`${[command, ...args].join(' ')}: ${outcome}`);
    this.output = output;
  }
}

/**
 * Shows the output as it comes with `show`. Otherwise it is kept from the terminal: resolves with it (standard error among
 * it), or rejects with a CommandFailure that has it.
 */
export const runCommand = (command, args, { show = false, env = {} } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: commandEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const [stream, terminal] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        if (show) terminal.write(text);
        else output = (output + text).slice(-KEPT_OUTPUT_LENGTH);
      });
    }
    child.once('error', (error) => reject(new CommandFailure(command, args, error.message, output)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new CommandFailure(command, args, signal ?? `exit code ${code}`, output));
    });
  });

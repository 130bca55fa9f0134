/**
 * `npm start [-- options]`: set-up, then `bbprofiler serve` with the options, or with the demo master if they name no target.
 * Signals end the server, and this script ends with it.
 */
import { spawn } from 'node:child_process';
import { explainFailure } from './steps/explain-failure.mjs';
import { commandEnvironment, fromRoot, PINNED_NODE } from './steps/project.mjs';
import { setUp } from './setup.mjs';

const TARGET_OPTIONS = ['--pid', '--basedir', '--demo', '--help', '-h'];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** As a shell reports a command that a signal ended. */
const SIGNAL_EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };

const namesTarget = (args) =>
  args.some((arg) => TARGET_OPTIONS.some((option) => arg === option || arg.startsWith(`${option}=`)));

const startServer = (args) => {
  // A group of its own: Ctrl-C on the terminal reaches the server once, through this script, and not twice.
  const server = spawn(PINNED_NODE, [fromRoot('plugin', 'bin', 'bbprofiler.mjs'), 'serve', ...args], {
    stdio: 'inherit',
    env: commandEnvironment({ TZ: process.env.TZ, LC_ALL: process.env.LC_ALL }),
    detached: true,
  });
  for (const signal of SIGNALS) process.on(signal, () => server.kill(signal));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code, signal) => resolve(code ?? SIGNAL_EXIT_CODES[signal] ?? 1));
  });
};

const main = async () => {
  const args = process.argv.slice(2);
  await setUp();
  return startServer(namesTarget(args) ? args : ['--demo', ...args]);
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    explainFailure(error);
    process.exitCode = 1;
  },
);

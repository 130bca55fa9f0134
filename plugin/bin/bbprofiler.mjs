#!/usr/bin/env node
/**
 * The command `bbprofiler`. Plain JavaScript for the oldest Node that npm may run on: the program itself is TypeScript, which needs a Node
 * that runs it directly. Where this Node is too old, the one that the package installs takes over.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** First version that runs TypeScript without a flag or a warning. */
const MIN_NODE_MAJOR = 24;
/** Exit code for a machine that lacks what is needed, as for a Python that is not supported. */
const EXIT_UNSUPPORTED = 4;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

const main = new URL('../src/cli/main.ts', import.meta.url);
const pinnedNode = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));

const runWith = (node) => {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both: ours must outlive it to pass on how the program ended.
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(`bbprofiler: cannot run ${node}: ${error.message}\n`);
    process.exitCode = EXIT_UNSUPPORTED;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
};

if (Number(process.versions.node.split('.')[0]) >= MIN_NODE_MAJOR) {
  await import(main);
} else if (existsSync(pinnedNode)) {
  runWith(pinnedNode);
} else {
  process.stderr.write(
    `bbprofiler: needs Node ${MIN_NODE_MAJOR} or newer, and this is ${process.versions.node}. ` +
      'Run "npm install" in the clone, which brings one along, or install a newer Node.\n',
  );
  process.exitCode = EXIT_UNSUPPORTED;
}

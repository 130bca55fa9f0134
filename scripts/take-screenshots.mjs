/** Takes the pictures of the documents anew, from a demo that runs: `node scripts/take-screenshots.mjs` after a change of the page. */
import { explainFailure } from './steps/explain-failure.mjs';
import { fromRoot, PINNED_NODE } from './steps/project.mjs';
import { runCommand } from './steps/run-command.mjs';
import { setUp } from './setup.mjs';
import { setUpEndToEnd } from './setup-e2e.mjs';

const PLAYWRIGHT = fromRoot('node_modules', '@playwright', 'test', 'cli.js');

const takeScreenshots = async () => {
  await setUp();
  await setUpEndToEnd();
  await runCommand(PINNED_NODE, [PLAYWRIGHT, 'test', '--config', 'e2e/pictures.config.ts'], { show: true });
};

takeScreenshots().catch((error) => {
  explainFailure(error);
  process.exitCode = 1;
});

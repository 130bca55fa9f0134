/** austin, a peer that `npm run bench:sampler` measures, of the suite of Debian that has it beside the newest CPython that it reads; unpacked in `.cache/austin`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepareProgram, unpackRoot } from './pythons/unpacked-program.mjs';
import { explainFailure } from './steps/explain-failure.mjs';
import { withProgress } from './steps/progress.mjs';
import { fromRoot } from './steps/project.mjs';
import { runCommand } from './steps/run-command.mjs';

const FOLDER = fromRoot('.cache', 'austin');
const SCRIPT = path.join(FOLDER, 'austin');
const SUITE = 'trixie';

/** The links may be gone with the machine's temporary files. */
const isUsable = async () =>
  existsSync(SCRIPT) &&
  (await runCommand(SCRIPT, ['--version']).then(
    () => true,
    () => false,
  ));

const setUpAustin = async () => {
  if (await isUsable()) return;
  await withProgress('unpacking austin of Debian', async () => {
    const root = path.join(FOLDER, SUITE);
    await unpackRoot(SUITE, ['austin'], root);
    await prepareProgram({ root, program: 'austin', script: SCRIPT, link: 'austin' });
  });
  if (!(await isUsable())) throw new Error(`Unpacked, but does not start: austin of ${SUITE}`);
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  setUpAustin().catch((error) => {
    explainFailure(error);
    process.exitCode = 1;
  });
}

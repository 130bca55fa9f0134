/** `npm run package`: the wheels, in dist/wheels. One brings its own Node, for x86_64; the other uses one that the machine has. */
import { rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { explainFailure } from './steps/explain-failure.mjs';
import { withProgress } from './steps/progress.mjs';
import { fromRoot } from './steps/project.mjs';
import { runCommand } from './steps/run-command.mjs';
import { loadVersion, writeMetadata } from './package/metadata.mjs';
import { stagePackage } from './package/stage-package.mjs';
import { stageRuntime } from './package/stage-runtime.mjs';
import { setUp } from './setup.mjs';

const STAGE = fromRoot('dist', 'package');
const METADATA = fromRoot('dist', 'package-metadata');
export const WHEELS = fromRoot('dist', 'wheels');
const PURE_TAG = 'py3-none-any';
/** Node 26 needs glibc 2.28. */
const RUNTIME_TAG = 'py3-none-manylinux_2_28_x86_64';

const makeWheel = async (tag, version, licences) => {
  await writeMetadata(METADATA, version, licences);
  const said = await runCommand('python3', [
    fromRoot('scripts', 'package', 'make-wheel.py'),
    STAGE,
    METADATA,
    tag,
    WHEELS,
  ]);
  console.log(said.trim());
};

export const makeWheels = async () => {
  const version = await loadVersion();
  await rm(WHEELS, { recursive: true, force: true });
  const licences = await withProgress('bundling the backend', () => stagePackage(STAGE, version));
  await withProgress('making the wheel without runtime', () => makeWheel(PURE_TAG, version, licences));
  if (process.arch !== 'x64' || process.platform !== 'linux') return;
  await withProgress('making the wheel with Node', async () => {
    const ofRuntime = await stageRuntime(STAGE);
    await makeWheel(RUNTIME_TAG, version, { ...licences, ...ofRuntime });
  });
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  setUp()
    .then(makeWheels)
    .catch((error) => {
      explainFailure(error);
      process.exitCode = 1;
    });
}

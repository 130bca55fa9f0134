/** What pip and Buildbot read of a wheel. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fromRoot } from '../steps/project.mjs';

const ENTRY_POINTS = `[buildbot.www]
profiler = buildbot_profiler:ep

[buildbot.util]
ProfilerService = buildbot_profiler.service:ProfilerService
ProfilerEndpointMatcher = buildbot_profiler.web.access:ProfilerEndpointMatcher

[console_scripts]
bbprofiler = buildbot_profiler.command:main
`;

const SUMMARY =
  'A statistical profiler for the Buildbot master: a tab in its web UI, a service that records day and night.';

export const loadVersion = async () => JSON.parse(await readFile(fromRoot('package.json'), 'utf8')).version;

/** Nothing is required: who looks at recordings needs no Buildbot, and who runs a master has it. */
const formatMetadata = (version, licences, guide) =>
  [
    'Metadata-Version: 2.1',
    'Name: buildbot-profiler',
    `Version: ${version}`,
    `Summary: ${SUMMARY}`,
    'License: MIT',
    'Requires-Python: >=3.8',
    'Classifier: License :: OSI Approved :: MIT License',
    'Classifier: Framework :: Twisted',
    'Classifier: Operating System :: POSIX :: Linux',
    'Classifier: Programming Language :: Python :: 3',
    ...licences.map((name) => `License-File: licenses/${name}`),
    'Description-Content-Type: text/markdown',
    '',
    guide,
  ].join('\n');

/** Writes the folder of metadata; `licences` are texts by file name. */
export const writeMetadata = async (folder, version, licences) => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, 'licenses'), { recursive: true });
  const guide = await readFile(fromRoot('docs', 'profile-your-master.md'), 'utf8');
  await writeFile(path.join(folder, 'METADATA'), formatMetadata(version, Object.keys(licences), guide));
  await writeFile(path.join(folder, 'entry_points.txt'), ENTRY_POINTS);
  for (const [name, text] of Object.entries(licences)) await writeFile(path.join(folder, 'licenses', name), text);
};

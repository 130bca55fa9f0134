/** Packages of any suite of Debian, without a trace in the machine's own apt: sources, lists, cache and status in a folder of their own. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../steps/run-command.mjs';

const CODENAME = /^VERSION_CODENAME=(\w+)$/m;

/** The line of sources.list that this machine uses for its own suite, with another suite in it. Rejects where the machine is no Debian. */
export const sourceOf = (suite, { osRelease, targets }) => {
  const own = CODENAME.exec(osRelease)?.[1];
  const mirror = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, release, component]) => release === own && component === 'main')?.[0];
  if (mirror === undefined) throw new Error('The sources of apt name no mirror of Debian.');
  return `deb ${mirror} ${suite} main\n`;
};

const readSource = async (suite) =>
  sourceOf(suite, {
    osRelease: await readFile('/etc/os-release', 'utf8'),
    targets: await runCommand('apt-get', [
      'indextargets',
      '--format',
      '$(REPO_URI) $(RELEASE) $(COMPONENT)',
      'Created-By: Packages',
    ]),
  });

/** Downloads packages and all that they need, signatures checked, and unpacks them below `target`. */
export const unpackPackages = async (suite, packages, target) => {
  const apt = `${target}.apt`;
  await rm(apt, { recursive: true, force: true });
  const [lists, archives] = [path.join(apt, 'lists'), path.join(apt, 'cache', 'archives')];
  for (const folder of [lists, archives]) await mkdir(path.join(folder, 'partial'), { recursive: true });
  await writeFile(path.join(apt, 'sources.list'), await readSource(suite));
  // As if nothing were installed: what the machine has is of another suite.
  await writeFile(path.join(apt, 'status'), '');
  const options = [
    ['Dir::Etc::SourceList', path.join(apt, 'sources.list')],
    ['Dir::Etc::SourceParts', '/dev/null'],
    ['Dir::State', apt],
    ['Dir::State::Lists', lists],
    ['Dir::State::Status', path.join(apt, 'status')],
    ['Dir::Cache', path.join(apt, 'cache')],
    ['Acquire::Languages', 'none'],
    ['Acquire::Retries', '3'],
    // The user that apt would change to may not enter the clone.
    ['APT::Sandbox::User', ''],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await runCommand('apt-get', [...options, 'update']);
  await runCommand('apt-get', [...options, 'install', '-y', '--download-only', '--no-install-recommends', ...packages]);
  const files = (await readdir(archives)).filter((name) => name.endsWith('.deb')).sort();
  for (const file of files) await runCommand('dpkg-deb', ['-x', path.join(archives, file), target]);
  await rm(apt, { recursive: true });
};

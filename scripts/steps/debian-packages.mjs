/** Installs packages of Debian where that is allowed, and says elsewhere what to install. */
import { runCommand } from './run-command.mjs';

/** Another apt may be at work, as right after a machine has started. */
const LOCK_WAIT_SECONDS = 300;
const APT_OPTIONS = ['-o', `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`, '-o', 'Acquire::Retries=3'];
const APT_ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive' };

const succeeds = (command, args) =>
  runCommand(command, args).then(
    () => true,
    () => false,
  );

const installCommand = (packages) => `apt-get install --no-install-recommends ${packages.join(' ')}`;

export class MissingPackages extends Error {
  constructor(purpose, packages, reason) {
    super(
      `${purpose} needs what is missing here (${reason}). On Debian or Ubuntu, as root:\n\n    ${installCommand(packages)}\n`,
    );
  }
}

const canInstall = async () => process.getuid?.() === 0 && (await succeeds('apt-get', ['--version']));

/** Installs `packages`, or throws MissingPackages with the command that a person has to run. */
export const installDebianPackages = async (purpose, packages) => {
  if (!(await canInstall())) throw new MissingPackages(purpose, packages, 'it takes root and apt-get to install it');
  const install = () =>
    runCommand('apt-get', [...APT_OPTIONS, 'install', '-y', '--no-install-recommends', ...packages], {
      env: APT_ENVIRONMENT,
    });
  try {
    await install();
  } catch {
    // The lists of packages are missing or too old to be of use: get new ones, and let a second failure be told.
    await runCommand('apt-get', [...APT_OPTIONS, 'update'], { env: APT_ENVIRONMENT });
    await install();
  }
};

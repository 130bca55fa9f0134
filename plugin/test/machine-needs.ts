import { spawnSync } from 'node:child_process';

interface SkippableTest {
  skip(note: string): never;
}

/** Ends a test that this machine cannot run, with what it lacks; in continuous integration, where a test left out protects nothing, as a failure. */
export const needMachine = (test: SkippableTest, what: string, isThere: boolean): void => {
  if (isThere) return;
  const note = `This machine does not allow what the test needs: ${what}`;
  if (process.env['CI'] === 'true') throw new Error(note);
  test.skip(note);
};

export const needRoot = (test: SkippableTest): void =>
  needMachine(test, 'to be root, who can become other users', process.getuid?.() === 0);

/** Namespaces of its own for a command. Who is not root has to have a user namespace first, in which it is. */
export const unshareArguments = (...kinds: string[]): string[] => [
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...kinds,
];

export const needNamespaces = (test: SkippableTest, ...kinds: string[]): void => {
  const command = unshareArguments(...kinds);
  const { status, stderr } = spawnSync('unshare', [...command, 'true'], { encoding: 'utf8' });
  needMachine(test, `"unshare ${command.join(' ')}" (${stderr?.trim() || 'util-linux'})`, status === 0);
};

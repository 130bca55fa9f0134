import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTemporaryFolder } from './temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PARTS = ['package.json', 'trace', 'plugin/src', 'plugin/bin'];
const PACKAGES = ['commander', 'cli-progress'];
const OTHERS_MAY_ENTER = 0o001;

/** The command line where every user can start it. */
export interface OpenProgram {
  readonly node: string;
  readonly main: string;
  remove(): void;
}

const isOpenToAll = (file: string): boolean => {
  const isOpen = (statSync(file).mode & OTHERS_MAY_ENTER) !== 0;
  return file === path.dirname(file) ? isOpen : isOpen && isOpenToAll(path.dirname(file));
};

const withDependencies = (name: string): string[] => {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  return [name, ...Object.keys(manifest.dependencies ?? {}).flatMap(withDependencies)];
};

/** A copy, for the clone may lie in a folder that is closed to all users but one; so may the Node that comes with it. */
export const copyProgram = (): OpenProgram => {
  const folder = makeTemporaryFolder();
  chmodSync(folder.path, 0o755);
  const packages = new Set(PACKAGES.flatMap(withDependencies));
  for (const part of [...PARTS, ...[...packages].map((name) => path.join('node_modules', name))]) {
    mkdirSync(path.dirname(path.join(folder.path, part)), { recursive: true });
    cpSync(path.join(ROOT, part), path.join(folder.path, part), { recursive: true });
  }
  let node = process.execPath;
  if (!isOpenToAll(node)) {
    node = path.join(folder.path, 'node');
    copyFileSync(process.execPath, node);
  }
  return { node, main: path.join(folder.path, 'plugin/src/cli/main.ts'), remove: folder.remove };
};

import { readFileSync } from 'node:fs';

interface PackageManifest {
  readonly version: string;
}

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as PackageManifest;

/** As in package.json. */
export const PROGRAM_VERSION: string = manifest.version;

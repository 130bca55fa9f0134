import { readFileSync } from 'node:fs';

interface PackageManifest {
  readonly version: string;
}

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as PackageManifest;

/** Version of this program, as in package.json. */
export const SAMPLER_VERSION: string = manifest.version;

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../../dist/', import.meta.url);

/** Writes what was measured to `dist/NAME.json`. */
export const writeResults = (name: string, results: unknown): void => {
  mkdirSync(FOLDER, { recursive: true });
  const file = fileURLToPath(new URL(`${name}.json`, FOLDER));
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  console.log(`\nAll figures: ${file}`);
};

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A fresh folder; `remove` it when the test is over. */
export const makeTemporaryFolder = (): { readonly path: string; remove(): void } => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bbprofiler-test-'));
  return { path: folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
};

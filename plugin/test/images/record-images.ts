/** Records the images beside it from the Pythons named as arguments, or from every supported one found. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readInterpreterFacts } from '../../src/cpython/interpreter-attachment.ts';
import { MemoryInterpreterReader } from '../../src/cpython/memory-interpreter-reader.ts';
import { DispatchKind, StackBuffer } from '../../src/cpython/stack-buffer.ts';
import { LiveProcessMemory } from '../../src/memory/live-process-memory.ts';
import { encodeImage } from '../../src/memory/memory-image.ts';
import { RecordingMemory } from '../../src/memory/recording-memory.ts';
import { findPythons } from '../installed-pythons.ts';
import { startTargetIn } from '../running-target.ts';
import type { ImageFacts } from './image-facts.ts';

/** Twice: the first reading learns, the second reads as later ones do. */
const READINGS = 2;

const record = async (python: string, folder: string): Promise<void> => {
  const target = await startTargetIn(folder, python, 'recorded.py');
  const memory = new RecordingMemory(new LiveProcessMemory(target.pid));
  try {
    const { runtime, types, layout, pythonVersion } = readInterpreterFacts(target.pid, memory);
    const reader = new MemoryInterpreterReader(memory, {
      pid: target.pid,
      pythonVersion,
      runtime,
      types,
      layout,
      threadIds: { translate: (id) => id },
    });
    for (let reading = 0; reading < READINGS; reading++) {
      reader.readThreads().gil;
      const stack = new StackBuffer();
      for (const thread of reader.readThreads().threads) {
        const outcome = reader.readStack(thread, stack);
        if (outcome !== 'read') throw new Error(`${pythonVersion}: a stack was ${outcome}`);
        const isInCallback = stack.dispatchKind === DispatchKind.callback;
        if (isInCallback !== thread.isMain) throw new Error(`${pythonVersion}: the callback was not read`);
        for (let index = 0; index < stack.length; index++) stack.codes[index]?.lineAt(0);
      }
      if (reader.readThreadNames().size !== 2) throw new Error(`${pythonVersion}: names were not read`);
    }
    const stack = JSON.parse(target.facts) as ImageFacts['stack'];
    const facts: ImageFacts = { pid: target.pid, pythonVersion, versionHex: versionHex(pythonVersion), runtime, types, stack };
    const file = new URL(`cpython-${pythonVersion}.image.gz`, import.meta.url);
    const image = encodeImage({ facts, segments: memory.segments() });
    writeFileSync(file, image);
    process.stdout.write(`${file.pathname}: ${image.length} bytes\n`);
  } finally {
    memory.close();
    await target.end();
  }
};

/** Images are of final releases only. */
const versionHex = (version: string): number => {
  const [major = 0, minor = 0, micro = 0] = version.split('.').map(Number);
  return ((major << 24) | (minor << 16) | (micro << 8) | 0xf0) >>> 0;
};

const named = process.argv.slice(2);
const pythons = named.length > 0 ? named : findPythons().filter(({ isSupported }) => isSupported).map(({ executable }) => executable);
// From a copy, so that the paths in an image are not those of somebody's clone.
const folder = mkdtempSync(join(tmpdir(), 'targets-'));
try {
  cpSync(fileURLToPath(new URL('../targets', import.meta.url)), folder, { recursive: true });
  for (const python of pythons) await record(python, folder);
} finally {
  rmSync(folder, { recursive: true });
}

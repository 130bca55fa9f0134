import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const run = promisify(execFile);
const BBPROFILER = fileURLToPath(new URL('../../bin/bbprofiler.mjs', import.meta.url));
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

const targetPath = (name: string): string => fileURLToPath(new URL(`../targets/${name}.py`, import.meta.url));

/** Runs the command line and gives what it printed on standard output. */
export async function bbprofiler(...parameters: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [BBPROFILER, ...parameters], { maxBuffer: MAX_OUTPUT_BYTES });
  return stdout;
}

/**
 * Starts a target that keeps its own ledger of CPU time, does something with its pid, and gives its ledger afterwards: seconds by
 * function.
 */
export async function withAccountedTarget(
  name: string,
  use: (pid: number) => Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  const target = spawn('python3', ['-u', targetPath(name)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: target.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${name} ended early`);
    return line.value;
  };
  try {
    if ((await nextLine()) !== 'ready') throw new Error(`${name} did not become ready`);
    await use(target.pid!);
    target.stdin.end();
    return new Map(Object.entries(JSON.parse(await nextLine()) as Record<string, number>));
  } finally {
    target.kill('SIGKILL');
  }
}

/** Weight of each line of collapsed stacks, with its frames from the outermost in. */
export function parseCollapsed(text: string): { readonly frames: readonly string[]; readonly weight: number }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.lastIndexOf(' ');
      return { frames: line.slice(0, space).split(';'), weight: Number(line.slice(space + 1)) };
    });
}

/** A Python that plays the master: it starts the sampler as the plugin does, works a little, and passes messages both ways. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

export { endCommands, runCommand } from './cli-process.ts';

/** Kept in this order: news come on standard output, beginning with the sampler's pid; an empty line on standard input lets go of it. */
const PROGRAM = `
import subprocess, sys, threading, time, os
basedir, node, main = sys.argv[1:]
child = subprocess.Popen([node, main, 'attend', '--basedir', basedir, '--pid', str(os.getpid()), '--buildbot-version', '3.7.0'],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(child.pid, flush=True)
def pass_news():
    for line in child.stdout:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
def pass_messages():
    for line in sys.stdin.buffer:
        if line == b'\\n':
            child.stdin.close()
            break
        child.stdin.write(line)
        child.stdin.flush()
    sys.stdin.buffer.read()
    os._exit(0)
threading.Thread(target=pass_news, daemon=True).start()
threading.Thread(target=pass_messages, daemon=True).start()
def work():
    return sum(range(1000))
while True:
    work()
    time.sleep(0.002)
    child.poll()
`;

export interface PlayedMaster {
  readonly pid: number;
  readonly samplerPid: number;
  /** An object as JSON, or a text as it is. */
  send(message: unknown): void;
  /** The next news of this kind, others passed over. */
  news(kind: string): Promise<Readonly<Record<string, unknown>>>;
  isSamplerAlive(): boolean;
  /** Closes the sampler's standard input; resolves when the sampler has ended. */
  letGo(): Promise<void>;
  kill(): Promise<void>;
  end(): Promise<void>;
}

const POLL_MS = 20;

/** `wrapper`: a program and its arguments that become the master, such as `setpriv`. */
export const startPlayedMaster = async (
  basedir: string,
  node: string,
  main: string,
  wrapper: readonly string[] = [],
): Promise<PlayedMaster> => {
  const [program = '', ...args] = [...wrapper, 'python3', '-c', PROGRAM, basedir, node, main];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('The played master has ended');
    return line.value;
  };
  const samplerPid = Number(await nextLine());
  const isSamplerAlive = (): boolean => existsSync(`/proc/${String(samplerPid)}`);
  const samplerEnded = async (): Promise<void> => {
    while (isSamplerAlive()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  return {
    pid: child.pid ?? 0,
    samplerPid,
    send: (message) => child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
    news: async (kind) => {
      for (;;) {
        const news = JSON.parse(await nextLine()) as Readonly<Record<string, unknown>>;
        if (news['kind'] === kind) return news;
      }
    },
    isSamplerAlive,
    letGo: async () => {
      child.stdin.write('\n');
      await samplerEnded();
    },
    kill,
    end: async () => {
      await kill();
      await samplerEnded();
    },
  };
};

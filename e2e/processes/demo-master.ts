/** The demo master, started without a profiler. */
import path from 'node:path';
import { ROOT, StartedProcess } from './child-process.ts';

const START_TIMEOUT_MS = 15_000;

export class DemoMaster {
  readonly #process: StartedProcess;
  readonly pid: number;

  private constructor(process: StartedProcess, pid: number) {
    this.#process = process;
    this.pid = pid;
  }

  static async start(folder = path.join(ROOT, 'plugin/demo')): Promise<DemoMaster> {
    const process = new StartedProcess('python3', [path.join(folder, 'demo_master.py')]);
    const [, pid] = await process.findLine(/^ready (\d+)$/, START_TIMEOUT_MS);
    return new DemoMaster(process, Number(pid));
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

import { readdirSync } from 'node:fs';
import { readProcessStatus } from '../memory/process-status.ts';
import type { ThreadIdTranslator } from './thread-list.ts';

/**
 * A target in another pid namespace (a container) knows its threads by other ids than `/proc` shows here. `NSpid` in a thread's status lists its ids from our namespace down to its own.
 */
export const threadIdsOf = (pid: number): ThreadIdTranslator => {
  const depth = readProcessStatus(String(pid))?.namespaceIds.length ?? 0;
  return depth > 1 ? new NamespaceThreadIds(pid) : { translate: (idInTarget) => idInTarget };
};

/** Reads all threads' ids once per unknown id, and keeps them: ids are seldom asked for again. */
class NamespaceThreadIds implements ThreadIdTranslator {
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
  }

  translate(idInTarget: number): number {
    for (const name of this.#threadNames()) {
      const ids = readProcessStatus(`${this.#pid}/task/${name}`)?.namespaceIds;
      if (ids?.at(-1) === idInTarget) return ids[0] ?? Number(name);
    }
    return idInTarget;
  }

  #threadNames(): string[] {
    try {
      return readdirSync(`/proc/${this.#pid}/task`);
    } catch {
      // The process has ended; the next read of its memory says so.
      return [];
    }
  }
}

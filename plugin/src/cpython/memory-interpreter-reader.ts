import { performance } from 'node:perf_hooks';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { ProcessMemory } from '../memory/process-memory.ts';
import { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { CodeObjectCache } from './code-object-cache.ts';
import type { TypeAddresses } from './code-object-reader.ts';
import { CodeObjectReader } from './code-object-reader.ts';
import { FrameObjectStackReader } from './frame-object-stack-reader.ts';
import { GilReader, findGil } from './gil-reader.ts';
import type {
  AddressRange,
  InterpreterReader,
  StackOutcome,
  ThreadHandle,
  ThreadsReading,
} from './interpreter-reader.ts';
import type { StructLayout } from './layouts/struct-layout.ts';
import { StackBuffer } from './stack-buffer.ts';
import { StackReader } from './stack-reader.ts';
import type { ThreadIdTranslator } from './thread-list.ts';
import { ThreadList } from './thread-list.ts';
import { ThreadNameReader } from './thread-name-reader.ts';

export interface InterpreterFacts {
  readonly pid: number;
  readonly pythonVersion: string;
  readonly runtime: RemoteAddress;
  readonly types: TypeAddresses;
  readonly layout: StructLayout;
  readonly threadIds: ThreadIdTranslator;
}

/** Puts the readers of one interpreter together, over any memory. */
export class MemoryInterpreterReader implements InterpreterReader {
  readonly pid: number;
  readonly pythonVersion: string;
  readonly #memory: ProcessMemory;
  readonly #threads: ThreadList;
  readonly #gil: GilReader;
  readonly #stacks: StackReader | FrameObjectStackReader;
  /** Where stacks can be copied together with the list of threads. */
  readonly #stacksAhead: StackReader | undefined;
  readonly #names: ThreadNameReader;
  readonly #batch = new RangeBatch();
  readonly #part = new StackBuffer();

  /** @param now milliseconds of a steady clock */
  constructor(memory: ProcessMemory, facts: InterpreterFacts, now: () => number = () => performance.now()) {
    const { layout, runtime } = facts;
    this.pid = facts.pid;
    this.pythonVersion = facts.pythonVersion;
    this.#memory = memory;
    this.#threads = new ThreadList(facts.pid, memory, layout, runtime, facts.threadIds);
    const interpreter = this.#threads.mainInterpreter();
    const gil = interpreter && findGil(memory, layout.gil, runtime, interpreter);
    if (interpreter === undefined || gil === undefined)
      throw new ProfilerError(
        'target-unreadable',
        `Python ${facts.pythonVersion} in process ${facts.pid} has no interpreter that can be read: it is starting or ending.`,
        { pid: facts.pid },
      );
    this.#gil = new GilReader(layout.gil, gil);
    this.#names = new ThreadNameReader(memory, layout, facts.types, interpreter);
    const codes = new CodeObjectCache(new CodeObjectReader(memory, layout, facts.types));
    if (layout.stackKind === 'data-stack')
      this.#stacks = this.#stacksAhead = new StackReader(memory, layout, facts.types, codes, now);
    else this.#stacks = new FrameObjectStackReader(memory, layout, facts.types, codes, now);
  }

  get gilAddressRange(): AddressRange {
    return this.#gil.addressRange;
  }

  get retries(): number {
    return this.#stacks.retries;
  }

  get threadListFailures(): number {
    return this.#threads.failures;
  }

  readThreads(ahead?: ThreadHandle): ThreadsReading {
    this.forgetAhead();
    const stacks = ahead === undefined ? undefined : this.#stacksAhead;
    const batch = stacks === undefined ? this.#batch : stacks.beginAhead();
    batch.clear();
    const gilRange = this.#gil.addTo(batch);
    const firstLink = batch.count;
    const linkCount = this.#threads.addLinks(batch);
    const linksEnd = batch.count;
    if (ahead !== undefined) stacks?.planAhead(ahead, batch);
    const copied = this.#memory.readRanges(batch);
    stacks?.keepAhead(copied);
    const gil = this.#gil.read(batch, copied > gilRange ? gilRange : undefined);
    const isUnchanged = linkCount > 0 && copied >= linksEnd && this.#threads.isUnchanged(batch, firstLink);
    return { gil, threads: isUnchanged ? this.#threads.handles : this.#threads.read() };
  }

  forgetAhead(): void {
    this.#stacksAhead?.forgetAhead();
  }

  readStack(thread: ThreadHandle, into: StackBuffer): StackOutcome {
    return thread.innerStates.length === 0 ? this.#stacks.readStack(thread, into) : this.#readInnerStacks(thread, into);
  }

  /** The stacks of one thread in several interpreters as one: innermost interpreter first. */
  #readInnerStacks(thread: ThreadHandle, into: StackBuffer): StackOutcome {
    const part = this.#part;
    into.clear();
    for (const stateAddress of [...thread.innerStates, thread.stateAddress]) {
      const outcome = this.#stacks.readStack({ ...thread, stateAddress }, part);
      if (outcome !== 'read') {
        into.clear();
        into.lostLeaf = part.lostLeaf;
        return outcome;
      }
      into.append(part);
    }
    return 'read';
  }

  readThreadNames(): ReadonlyMap<number, string> {
    return this.#names.read();
  }

  close(): void {
    this.#memory.close();
  }
}

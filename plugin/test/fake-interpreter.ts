/** A CPython that never ran, with frames on data stacks (3.11 and newer). */
import { CPYTHON_3_12 } from '../src/cpython/layouts/cpython-3.12.ts';
import type { DataStackLayout } from '../src/cpython/layouts/struct-layout.ts';
import { FIRST_FRAME_IN_ROOT_CHUNK, FUNCTION_CODE_OFFSET, STACK_CHUNK } from '../src/cpython/layouts/struct-layout.ts';
import type { RemoteAddress } from '../src/memory/remote-address.ts';
import { remoteAddress } from '../src/memory/remote-address.ts';
import { FakeRuntime } from './fake-runtime.ts';

export { FAKE_PID, FakeMemory } from './fake-runtime.ts';

const CHUNK_BYTES = 16 * 1024;

export interface FakeThread {
  readonly state: RemoteAddress;
  readonly chunk: RemoteAddress;
  /** Addresses of its frames, outermost first. */
  readonly frames: readonly RemoteAddress[];
}

export class FakeInterpreter extends FakeRuntime<DataStackLayout> {
  readonly #functions = new Map<number, RemoteAddress>();
  /** Distance of the function that a frame calls from the frame's start, in bytes. */
  readonly callSlot: number;

  constructor(layout: DataStackLayout = CPYTHON_3_12) {
    super(layout);
    this.callSlot = layout.frame.size + (layout.frame.isNullBelowFunction ? 8 : 0);
  }

  /** The function object of a code object. */
  functionOf(code: number): RemoteAddress {
    const known = this.#functions.get(code);
    if (known !== undefined) return known;
    const address = this.memory.allocate(FUNCTION_CODE_OFFSET + 8);
    this.memory.writeWord(address + FUNCTION_CODE_OFFSET, code);
    this.#functions.set(code, address);
    return address;
  }

  /** A thread whose data stack holds these functions, outermost first, with a shim below them where the version has shims. */
  addThread(id: number, names: readonly string[]): FakeThread {
    const { thread, frame } = this.layout;
    const state = this.addThreadState(id);
    const chunk = this.memory.allocate(CHUNK_BYTES);
    this.memory.writeWord(state + thread.chunk, chunk);
    this.memory.writeWord(chunk + STACK_CHUNK.size, CHUNK_BYTES);

    let previous = 0;
    if (frame.firstShimOwner !== undefined) {
      previous = this.memory.allocate(frame.size);
      this.setFrame(remoteAddress(previous), { previous: 0, code: 0, owner: frame.firstShimOwner });
    }
    let top: number = chunk + FIRST_FRAME_IN_ROOT_CHUNK;
    const frames = names.map((name) => {
      const address = remoteAddress(top);
      this.setFrame(address, { previous, code: this.addCode({ name }), owner: 0 });
      previous = address;
      top += frame.size + 16;
      return address;
    });
    this.memory.writeWord(state + thread.chunkTop, top);
    const cFrame = this.memory.allocate(64);
    if (thread.current.kind === 'in-c-frame') this.memory.writeWord(state + thread.current.cFrame, cFrame);
    this.setCurrentFrame(state, frames.at(-1) ?? 0);
    return { state, chunk, frames };
  }

  setCurrentFrame(state: RemoteAddress, frame: number): void {
    const { current } = this.layout.thread;
    const at = current.kind === 'in-thread' ? state : this.word(state + current.cFrame);
    this.memory.writeWord(at + current.currentFrame, frame);
  }

  setFrame(
    address: RemoteAddress,
    { previous, code, owner, instruction = 3 }: { previous: number; code: number; owner: number; instruction?: number },
  ): void {
    const { frame } = this.layout;
    this.memory.writeWord(address + frame.previous, previous);
    this.memory.writeWord(address + frame.executable, code);
    const callable = code === 0 ? 0 : this.functionOf(code);
    this.memory.writeWord(address + frame.callable, callable);
    // During the call, the caller has the function on its evaluation stack, which is empty but for that.
    if (previous !== 0) this.memory.writeWord(previous + this.callSlot, callable);
    const instructionAt = code + this.layout.code.instructions + 2 * instruction;
    this.memory.writeWord(address + frame.instruction, instructionAt);
    const [call] = frame.callInstructions ?? [];
    if (call !== undefined && code !== 0) this.memory.write(instructionAt, Buffer.from([call.first]));
    this.memory.write(address + frame.owner, Buffer.from([owner]));
  }
}

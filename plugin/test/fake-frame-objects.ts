/** A CPython that never ran, whose frames are objects on the heap (up to 3.10). */
import { CPYTHON_3_10 } from '../src/cpython/layouts/cpython-3.10.ts';
import type { FrameObjectsLayout } from '../src/cpython/layouts/struct-layout.ts';
import type { RemoteAddress } from '../src/memory/remote-address.ts';
import { FakeRuntime } from './fake-runtime.ts';

export interface FakeFrameObject {
  readonly previous: number;
  readonly code: number;
  /** In code units. */
  readonly instruction?: number;
  /** Whether it is on a stack. */
  readonly isExecuting?: boolean;
}

export class FakeFrameObjectInterpreter extends FakeRuntime<FrameObjectsLayout> {
  constructor(layout: FrameObjectsLayout = CPYTHON_3_10) {
    super(layout);
  }

  /** A thread with frames of these functions, outermost first. */
  addThread(id: number, names: readonly string[]): { state: RemoteAddress; frames: RemoteAddress[] } {
    const state = this.addThreadState(id);
    let previous = 0;
    const frames = names.map((name) => {
      const frame = this.addFrame({ previous, code: this.addCode({ name }) });
      previous = frame;
      return frame;
    });
    this.setCurrentFrame(state, previous);
    return { state, frames };
  }

  addFrame(frame: FakeFrameObject): RemoteAddress {
    const address = this.memory.allocate(this.layout.frame.size);
    this.setFrame(address, frame);
    return address;
  }

  setFrame(address: RemoteAddress, { previous, code, instruction = 3, isExecuting = true }: FakeFrameObject): void {
    const { frame } = this.layout;
    const step = instruction < 0 ? instruction : instruction / frame.unitsPerStep;
    this.memory.writeWord(address + frame.previous, previous);
    this.memory.writeWord(address + frame.code, code);
    this.memory.writeInt(address + frame.instruction, step);
    this.memory.write(address + frame.state, Buffer.from([isExecuting ? frame.executing : frame.executing ^ 1]));
  }

  setCurrentFrame(state: RemoteAddress, frame: number): void {
    this.memory.writeWord(state + this.layout.thread.frame, frame);
  }
}

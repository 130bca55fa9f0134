import type { CodeObject } from './code-object.ts';

/** Room for most stacks; grows by doubling. */
const INITIAL_FRAMES = 256;

/**
 * One call stack, leaf first. Filled again and again, so that reading a stack allocates nothing: only the first `length`
 * entries of `codes` and `instructions` mean anything, and only until the next read.
 */
export class StackBuffer {
  length = 0;
  readonly codes: CodeObject[] = [];
  /** Position in the code object's instructions, in code units of 2 bytes; negative before the first instruction. */
  instructions = new Int32Array(INITIAL_FRAMES);

  clear(): void {
    this.length = 0;
  }

  push(code: CodeObject, instruction: number): void {
    const index = this.length++;
    if (index === this.instructions.length) {
      const grown = new Int32Array(this.instructions.length * 2);
      grown.set(this.instructions);
      this.instructions = grown;
    }
    this.codes[index] = code;
    this.instructions[index] = instruction;
  }
}

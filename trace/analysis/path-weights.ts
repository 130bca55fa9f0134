/**
 * What the call paths of one group (a thread, or all) weigh, by position in `CallPathOrder`. The columns are as long as there are paths, and serve one group after the other: who reads a position
 * sets it back to 0.
 */
export class PathWeights {
  readonly count: number;
  /** Of the stacks that end with the path: ticks where each weighs a period, else microseconds. */
  readonly amounts: Float64Array;
  /** 1 for the paths that are in {@link present}. */
  readonly isPresent: Uint8Array;
  /** Positions that have an amount, in no order; and, where the tree asked for them, those above them. */
  readonly present: Int32Array;
  presentCount = 0;

  constructor(count: number) {
    this.count = count;
    this.amounts = new Float64Array(count);
    this.isPresent = new Uint8Array(count);
    this.present = new Int32Array(count);
  }

  add(position: number, amount: number): void {
    this.amounts[position]! += amount;
    if (this.isPresent[position] === 0) {
      this.isPresent[position] = 1;
      this.present[this.presentCount++] = position;
    }
  }

  /** Back to nothing. */
  clear(): void {
    const { amounts, isPresent, present } = this;
    for (let index = 0; index < this.presentCount; index++) {
      amounts[present[index]!] = 0;
      isPresent[present[index]!] = 0;
    }
    this.presentCount = 0;
  }
}

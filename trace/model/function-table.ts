import type { FrameColumns, FunctionColumns } from '../contract/trace-lines.ts';
import { int32Column } from './column.ts';

/** Functions, and frames: functions at a line. */
export class FunctionTable {
  /** String indexes. */
  readonly names = int32Column();
  /** String indexes. */
  readonly files = int32Column();
  /** 0 where unknown. */
  readonly firstLines = int32Column();
  /** Function of each frame. */
  readonly frameFunctions = int32Column();
  /** Line of each frame, 0 where unknown. */
  readonly frameLines = int32Column();

  get count(): number {
    return this.names.length;
  }

  get frameCount(): number {
    return this.frameFunctions.length;
  }

  reserve(functions: number, frames: number): void {
    this.names.reserve(functions);
    this.files.reserve(functions);
    this.firstLines.reserve(functions);
    this.frameFunctions.reserve(frames);
    this.frameLines.reserve(frames);
  }

  /** Only after {@link reserve}. */
  append(functions: FunctionColumns, frames: FrameColumns): void {
    for (let row = 0; row < functions.names.length; row++) {
      this.names.push(functions.names[row]!);
      this.files.push(functions.files[row]!);
      this.firstLines.push(functions.firstLines[row]!);
    }
    for (let row = 0; row < frames.functions.length; row++) {
      this.frameFunctions.push(frames.functions[row]!);
      this.frameLines.push(frames.lines[row]!);
    }
  }
}

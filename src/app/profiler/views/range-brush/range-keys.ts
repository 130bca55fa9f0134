/** What a key does to a selected range. Pure: the same keys for the brush of any axis. */
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import { clampRange, shiftRange } from '../../shared/plot-geometry.ts';

export interface PressedKey {
  readonly key: string;
  readonly shiftKey: boolean;
}

/** Share of the viewport that one press moves by; with Page Up and Page Down the larger one. */
const SMALL_STEP = 0.01;
const LARGE_STEP = 0.1;

/** `clear`: nothing is selected from now on; undefined: the key means nothing here. */
export const applyKey = (
  { key, shiftKey }: PressedKey,
  range: TimeRange | undefined,
  viewport: TimeRange,
): TimeRange | 'clear' | undefined => {
  const length = viewport.end - viewport.start;
  const by = STEPS[key];
  if (key === 'Escape') return range === undefined ? undefined : 'clear';
  if (by === undefined) return key === 'Home' || key === 'End' ? jump(key, range, viewport) : undefined;
  if (range === undefined) return firstRange(viewport);
  const step = by * length;
  if (!shiftKey) return shiftRange(range, step, viewport);
  const end = Math.max(range.start + length * SMALL_STEP, range.end + step);
  return clampRange({ start: range.start, end: microseconds(end) }, viewport);
};

const STEPS: Readonly<Record<string, number | undefined>> = {
  ArrowLeft: -SMALL_STEP,
  ArrowRight: SMALL_STEP,
  PageUp: -LARGE_STEP,
  PageDown: LARGE_STEP,
};

const firstRange = ({ start, end }: TimeRange): TimeRange => ({
  start,
  end: microseconds(start + (end - start) * LARGE_STEP),
});

const jump = (key: 'Home' | 'End', range: TimeRange | undefined, viewport: TimeRange): TimeRange | undefined => {
  if (range === undefined) return undefined;
  return shiftRange(range, key === 'Home' ? viewport.start - range.start : viewport.end - range.end, viewport);
};

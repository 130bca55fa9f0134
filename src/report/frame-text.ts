import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import type { Weight } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import { formatDuration, formatDurationExactly, formatShare } from '../app/profiler/shared/format-quantity.ts';
import { WEIGHT_WORDS } from '../app/profiler/shared/weight-words.ts';

export interface FrameText {
  readonly name: string;
  /** Empty where a frame has none. */
  readonly file: string;
  readonly total: string;
  readonly self: string;
  readonly exact: string;
}

/** A frame in words; shares are of the whole selection, also while one function is looked at alone. */
export const describeFrame = (node: FlameNode, totalWeight: number, weight: Weight): FrameText => {
  const [value, self] = [microseconds(node.value), microseconds(node.self)];
  const whole = totalWeight || node.value || 1;
  const line = node.kind === 'function' && node.identity.firstLine > 0 ? `:${node.identity.firstLine}` : '';
  return {
    name: node.name,
    file: node.kind === 'function' ? node.identity.file + line : '',
    total: `${formatShare(value / whole)} of the ${WEIGHT_WORDS[weight].name}, ${formatDuration(value)}`,
    self: `${formatShare(self / whole)} itself, ${formatDuration(self)}`,
    exact: `total ${formatDurationExactly(value)}, self ${formatDurationExactly(self)}`,
  };
};

export const formatFrameLabel = (count: number): string => (count === 1 ? '1 frame' : `${count} frames`);

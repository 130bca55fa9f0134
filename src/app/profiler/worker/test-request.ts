/** A question to the analyst, for specs. */
import { microseconds } from '#trace/contract/units.ts';
import type { AnalysisRequest } from '../shared/analysis-messages.ts';

/** Asks for no more than the flame graph of everything, every frame of it, while nothing moves. */
export const requestOf = (change: Partial<AnalysisRequest> = {}): AnalysisRequest => ({
  revision: 1,
  isGesturing: false,
  viewport: { start: microseconds(0), end: microseconds(100_000) },
  timelinePoints: 20,
  range: undefined,
  threads: undefined,
  weight: 'wall',
  focus: undefined,
  direction: 'top-down',
  mergeThreads: false,
  folds: [],
  smallestFrameShare: 0,
  selected: undefined,
  hasFunctions: false,
  laneColumns: 10,
  stallThreshold: microseconds(100_000),
  hasStalls: false,
  hasBuilds: false,
  comparedWith: undefined,
  hasDifferenceTree: false,
  comparedRevision: 0,
  ...change,
});

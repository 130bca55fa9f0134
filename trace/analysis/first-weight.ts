import type { RecordingMode } from '../contract/trace-lines.ts';
import type { Weight } from './selection.ts';

/** The weight that each mode shows first, as its name promised the users of the original plugin. */
const FIRST_WEIGHTS: Readonly<Record<RecordingMode, Weight>> = { real: 'wall', virtual: 'cpu', prof: 'cpu' };

/** The weight that a recording is looked at first: the one that its mode keeps whole. Wall time where the mode is not known. */
export const firstWeight = (mode: RecordingMode | undefined): Weight => FIRST_WEIGHTS[mode ?? 'real'];

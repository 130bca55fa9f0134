/** What lanes show, in words: for the hover and for assistive technology. */
import type { BuildBar } from '#trace/analysis/build-bars.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import type { ThreadLaneRow } from '../../shared/analysis-messages.ts';
import { formatDuration, formatMoment, formatShare } from '../../shared/format-quantity.ts';
import { shareOf } from './lane-shapes.ts';

export const describeThread = ({ name, running, runnable, waiting }: ThreadLaneRow): string =>
  [
    `${name}: ${formatShare(shareOf(running))} of the time shown on a CPU`,
    `${formatShare(shareOf(runnable))} waiting for one`,
    `${formatShare(shareOf(waiting))} waiting for something else`,
  ].join(', ');

export const describeBuild = ({ builder, number, worker, start, end, result }: BuildBar): string => {
  const length = formatDuration(microseconds(end - start));
  return `Build ${builder} #${number} on ${worker}: ${result ?? 'not over'}, ${length} from ${formatMoment(start)}`;
};

export const describeStall = ({ start, end }: TimeRange): string =>
  `Stall of ${formatDuration(microseconds(end - start))} at ${formatMoment(start)}`;

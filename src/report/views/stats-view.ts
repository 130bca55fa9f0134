import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds, type UnixMilliseconds } from '#trace/contract/units.ts';
import {
  formatCount,
  formatDuration,
  formatDurationExactly,
  formatRange,
  formatWallClock,
} from '../../app/profiler/shared/format-quantity.ts';
import { isSameRange } from '../../app/profiler/shared/plot-geometry.ts';
import { WEIGHT_WORDS } from '../../app/profiler/shared/weight-words.ts';
import { make, makeButton, setAttributes } from '../elements.ts';
import type { ReportActions, ReportView, Shown } from '../report-view.ts';

/** What is selected, in numbers: exact times, length, samples, weight. */
export class StatsView implements ReportView {
  readonly element = make('div', { class: 'stats' });
  readonly #bounds: TimeRange;
  readonly #startedAt: UnixMilliseconds | undefined;
  readonly #text = make('p', { role: 'status' });
  readonly #everything: HTMLElement;
  readonly #wholeTime: HTMLElement;

  constructor(bounds: TimeRange, startedAt: UnixMilliseconds | undefined, actions: ReportActions) {
    this.#bounds = bounds;
    this.#startedAt = startedAt;
    this.#everything = makeButton('Select everything', () => actions.choose({ range: undefined }), {
      class: 'bbp-plain',
    });
    this.#wholeTime = makeButton('Show the whole time', () => actions.choose({ viewport: bounds }), {
      class: 'bbp-plain',
    });
    this.element.append(this.#text, this.#everything, this.#wholeTime);
  }

  draw({ choices: { range, weight, viewport }, answer: { stats } }: Shown): void {
    const [length, total] = [microseconds(stats.end - stats.start), microseconds(stats.totalWeight)];
    const { sum, meaning } = WEIGHT_WORDS[weight];
    setAttributes(this.#text, { 'data-ticks': stats.tickCount, 'data-total-weight-us': stats.totalWeight });
    this.#text.replaceChildren(
      make('b', {}, range === undefined ? 'Everything' : 'Selected'),
      make('span', { title: this.#wallClock(stats) }, formatRange(stats)),
      make('span', { title: formatDurationExactly(length) }, formatDuration(length)),
      make('span', {}, `${formatCount(stats.tickCount)} samples`),
      make(
        'span',
        { title: `${formatDurationExactly(total)}. ${meaning}; it can be longer than the range.` },
        `${formatDuration(total)} ${sum}`,
      ),
    );
    this.#everything.hidden = range === undefined;
    this.#wholeTime.hidden = isSameRange(viewport, this.#bounds);
  }

  #wallClock({ start, end }: TimeRange): string {
    const startedAt = this.#startedAt;
    if (startedAt === undefined) return '';
    return `${formatWallClock(startedAt, start)} to ${formatWallClock(startedAt, end)} by the clock`;
  }
}

import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import type { Lanes, ThreadLaneRow } from '../../app/profiler/shared/analysis-messages.ts';
import { isSameRange, PLOT_MARGIN } from '../../app/profiler/shared/plot-geometry.ts';
import { describeBuild, describeStall, describeThread } from '../../app/profiler/views/lanes/describe-lane.ts';
import { drawAreas, LANE_HEIGHT } from '../../app/profiler/views/lanes/lane-shapes.ts';
import { make, makeButton, makeSvg, place, replaceContent } from '../elements.ts';
import type { ReportActions, ReportView, Shown } from '../report-view.ts';
import { placeRange, type TimeAxis } from '../time-axis.ts';

/** What is below has to stay in sight: more threads on request. */
const FIRST_THREADS = 3;
const MOST_BUILD_ROWS = 4;

/** Stalls, builds and what each thread did, on the axis of the curves. */
export class LanesView implements ReportView {
  readonly element = make('section', { class: 'lanes', 'aria-label': 'Lanes' });
  readonly #actions: ReportActions;
  readonly #rows = make('div');
  readonly #shade = make('div', { class: 'shade', 'aria-hidden': 'true' });
  #areAllShown = false;
  #shown: Shown | undefined;
  #drawn = '';

  constructor(actions: ReportActions) {
    this.#actions = actions;
    this.element.append(this.#rows, this.#shade);
  }

  draw(shown: Shown): void {
    this.#shown = shown;
    const {
      axis,
      choices: { range, viewport, stallThreshold },
      answer: { lanes },
    } = shown;
    this.#shade.hidden = range === undefined || range.start >= viewport.end || range.end <= viewport.start;
    if (range !== undefined) {
      const { left, width } = placeRange(axis, range);
      place(this.#shade, { left: `${PLOT_MARGIN.left + left}px`, width: `${width}px` });
    }
    // A range that is dragged changes none of the rows.
    const drawn = JSON.stringify([viewport, axis.width, stallThreshold, this.#areAllShown]);
    if (drawn === this.#drawn) return this.#markSelected(range);
    this.#drawn = drawn;
    replaceContent(
      this.#rows,
      lanes.stalls.length > 0 ? this.#stallLane(lanes, axis) : undefined,
      lanes.builds.length > 0 ? this.#buildLane(lanes, axis) : undefined,
      ...lanes.threads.slice(0, this.#areAllShown ? undefined : FIRST_THREADS).map(threadLane),
      lanes.threads.length > FIRST_THREADS ? this.#moreButton(lanes.threads.length) : undefined,
    );
    this.#markSelected(range);
  }

  #stallLane({ stalls }: Lanes, axis: TimeAxis): HTMLElement {
    const bars = stalls.map((range) => this.#bar('stall', describeStall(range), '', range, axis, 0));
    return this.#barLane('stalls', 'Stalls', 'Callbacks that held the event loop', 1, bars);
  }

  #buildLane({ builds }: Lanes, axis: TimeAxis): HTMLElement {
    const shown = builds.filter(({ row }) => row < MOST_BUILD_ROWS);
    const bars = shown.map((build) => {
      const range = { start: microseconds(Math.max(0, build.start)), end: build.end };
      const kind = `build bbp-result ${build.result ?? 'pending'}`;
      return this.#bar(kind, describeBuild(build), `${build.builder} #${build.number}`, range, axis, build.row);
    });
    const hidden = builds.length - shown.length;
    const meaning = hidden === 0 ? 'Builds' : `${hidden} more builds at the same time are not drawn`;
    return this.#barLane('builds', 'Builds', meaning, 1 + Math.max(0, ...shown.map(({ row }) => row)), bars);
  }

  #bar(kind: string, name: string, label: string, range: TimeRange, axis: TimeAxis, row: number): HTMLButtonElement {
    const bar = makeButton(label, () => this.#actions.choose({ range }), {
      class: `bar ${kind}`,
      'aria-label': name,
      title: name,
      'data-key': name,
      'data-range': `${range.start} ${range.end}`,
    });
    const { left, width } = placeRange(axis, range);
    place(bar, { left: `${left}px`, width: `${width}px`, top: `${row * LANE_HEIGHT}px` });
    return bar;
  }

  /** Tab reaches one bar of a lane; arrows walk along them. */
  #barLane(label: string, name: string, meaning: string, rows: number, bars: HTMLButtonElement[]): HTMLElement {
    bars.forEach((bar, index) => (bar.tabIndex = index === 0 ? 0 : -1));
    const track = make('div', { class: 'track', role: 'group', 'aria-label': name }, ...bars);
    place(track, { height: `${rows * LANE_HEIGHT}px` });
    track.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      const next = bars[bars.indexOf(event.target as HTMLButtonElement) + step];
      if (step === 0 || next === undefined) return;
      event.preventDefault();
      next.focus();
    });
    return laneOf(label, meaning, track);
  }

  #moreButton(count: number): HTMLElement {
    const text = this.#areAllShown ? 'Fewer threads' : `All ${count} threads`;
    return makeButton(
      text,
      () => {
        this.#areAllShown = !this.#areAllShown;
        if (this.#shown !== undefined) this.draw(this.#shown);
      },
      { class: 'bbp-plain more', 'aria-expanded': String(this.#areAllShown), 'data-key': 'more threads' },
    );
  }

  #markSelected(range: TimeRange | undefined): void {
    for (const bar of this.#rows.querySelectorAll<HTMLElement>('[data-range]')) {
      const [start, end] = (bar.dataset['range'] ?? '').split(' ').map((at) => microseconds(Number(at)));
      const isSelected = range !== undefined && isSameRange(range, { start: start!, end: end! });
      if (isSelected) bar.setAttribute('aria-current', 'true');
      else bar.removeAttribute('aria-current');
    }
  }
}

const laneOf = (label: string, meaning: string, track: Element): HTMLElement =>
  make('div', { class: 'lane' }, make('span', { class: 'label', title: meaning }, label), track);

const threadLane = (lane: ThreadLaneRow): HTMLElement => {
  const { running, runnable, waiting } = drawAreas(lane);
  const description = describeThread(lane);
  const track = makeSvg(
    'svg',
    {
      class: 'track',
      role: 'img',
      'aria-label': description,
      preserveAspectRatio: 'none',
      viewBox: `0 0 ${Math.max(1, lane.running.length)} ${LANE_HEIGHT}`,
    },
    makeSvg('title', {}, description),
    makeSvg('path', { class: 'running', d: running }),
    makeSvg('path', { class: 'runnable', d: runnable }),
    makeSvg('path', { class: 'waiting', d: waiting }),
  );
  place(track, { height: `${LANE_HEIGHT}px` });
  return laneOf(lane.name, lane.name, track);
};

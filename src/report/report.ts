import type { TraceCompleteness } from '#trace/contract/codec.ts';
import { threadLabel } from '#trace/analysis/thread-label.ts';
import type { Weight } from '#trace/analysis/selection.ts';
import { firstWeight } from '#trace/analysis/first-weight.ts';
import { microseconds, threadIndex } from '#trace/contract/units.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import { isTyping } from '../app/profiler/shared/is-typing.ts';
import { computePlotWidth } from '../app/profiler/shared/plot-geometry.ts';
import { Analyst } from '../app/profiler/worker/analyst.ts';
import { make } from './elements.ts';
import { firstChoices, type ReportChoices, stepBack, toRequest } from './report-choices.ts';
import { drawHead } from './report-head.ts';
import type { ReportActions, ReportView } from './report-view.ts';
import { BrushView } from './views/brush-view.ts';
import { CallsView } from './views/calls-view.ts';
import { ControlsView } from './views/controls-view.ts';
import { CurvesView } from './views/curves-view.ts';
import { FlameView } from './views/flame-view.ts';
import { FunctionsView } from './views/functions-view.ts';
import { LanesView } from './views/lanes-view.ts';
import { StallsView } from './views/stalls-view.ts';
import { StatsView } from './views/stats-view.ts';

/** Holds what was chosen, and draws everything out of it: at most once a frame of the screen, and of several choices the last. */
export class Report implements ReportActions {
  readonly element = make('main');
  readonly #model: TraceModel;
  readonly #analyst = new Analyst();
  readonly #flame: FlameView;
  readonly #views: readonly ReportView[];
  #choices: ReportChoices;
  #isDragging = false;
  #isDue = false;

  constructor(model: TraceModel, completeness: TraceCompleteness, weight: Weight | undefined) {
    this.#model = model;
    const bounds = { start: microseconds(0), end: microseconds(Math.max(1, model.duration)) };
    this.#choices = firstChoices(bounds, weight ?? firstWeight(model.header?.mode));
    const startedAt = model.header?.clock.startedAt;
    const legend = make('ul', { class: 'legend' });
    const curves = new CurvesView(legend, startedAt);
    const brush = new BrushView(bounds, this, curves);
    const stats = new StatsView(bounds, startedAt, this);
    const lanes = new LanesView(this);
    const threads = model.threads.map((_thread, index) => threadLabel(model, threadIndex(index)));
    const controls = new ControlsView(threads, this);
    this.#flame = new FlameView(this);
    const calls = new CallsView(this);
    const stalls = new StallsView(this, startedAt);
    const functions = new FunctionsView(this);
    this.#views = [curves, brush, stats, lanes, controls, this.#flame, calls, stalls, functions];

    curves.element.append(brush.element);
    const timelineHead = make('div', { class: 'head' }, legend, stats.element);
    const timeline = make('section', { 'aria-label': 'Timeline' }, timelineHead, curves.element);
    this.element.append(
      drawHead(model, completeness),
      make('div', { class: 'pinned' }, timeline, lanes.element),
      controls.element,
      make('div', { class: 'room' }, this.#flame.element, calls.element),
      stalls.element,
      functions.element,
    );
  }

  /** Draws whenever something is chosen or the window has another size, from now on. */
  start(): void {
    document.addEventListener('keydown', (event) => this.#press(event));
    new ResizeObserver(() => this.#schedule()).observe(this.element);
    this.#schedule();
  }

  choose(change: Partial<ReportChoices>): void {
    this.#choices = { ...this.#choices, ...change };
    this.#schedule();
  }

  setDragging(isDragging: boolean): void {
    this.#isDragging = isDragging;
    this.#schedule();
  }

  #schedule(): void {
    // Tests wait for `idle`.
    document.documentElement.dataset['bbpState'] = 'busy';
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#isDue = false;
    const timeline = this.element.clientWidth;
    const request = toRequest(this.#choices, { timeline, flame: this.#flame.measure() }, this.#isDragging);
    const answer = this.#analyst.analyse(this.#model, request);
    const axis = { viewport: this.#choices.viewport, width: computePlotWidth(timeline) };
    for (const view of this.#views) view.draw({ choices: this.#choices, answer, axis });
    document.documentElement.dataset['bbpState'] = 'idle';
  }

  /** Keys that work wherever the focus is. Views stop those that they use themselves. */
  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      const change = stepBack(this.#choices);
      if (change === undefined) return;
      this.choose(change);
    } else if (event.key === '/' && !isTyping(event)) {
      this.#flame.searchField.focus();
    } else {
      return;
    }
    event.preventDefault();
  }
}

import type { TimeRange } from '#trace/analysis/selection.ts';
import { describeSelectedTime } from '../../app/profiler/shared/format-quantity.ts';
import { PLOT_MARGIN, turnWheel } from '../../app/profiler/shared/plot-geometry.ts';
import { applyKey } from '../../app/profiler/views/range-brush/range-keys.ts';
import { chooseGrip, type Drag, dragRange } from '../brush-gesture.ts';
import { make, place, setAttributes } from '../elements.ts';
import type { ReportActions, ReportView, Shown } from '../report-view.ts';
import { momentAt, placeRange } from '../time-axis.ts';

const KEYS_ID = 'bbp-brush-keys';

export interface PointerWatcher {
  point(x: number): void;
  leave(): void;
}

/** Selects a range of time with mouse, finger or keys; the wheel zooms the time axis. Lies over the curves. */
export class BrushView implements ReportView {
  readonly element = make('div', {
    class: 'brush',
    role: 'slider',
    tabindex: 0,
    'aria-label': 'Selected time',
    'aria-describedby': KEYS_ID,
  });
  readonly #bounds: TimeRange;
  readonly #actions: ReportActions;
  readonly #pointer: PointerWatcher;
  readonly #shade = make('div', { class: 'shade', hidden: '' });
  #shown: Shown | undefined;
  /** Keys may be pressed faster than the page is drawn: each goes on from the one before. */
  #latestRange: TimeRange | undefined;
  #drag: Drag | undefined;

  constructor(bounds: TimeRange, actions: ReportActions, pointer: PointerWatcher) {
    this.#bounds = bounds;
    this.#actions = actions;
    this.#pointer = pointer;
    const hint = 'Arrow keys move the range, with Shift they resize it, Escape takes it away.';
    this.element.append(this.#shade, make('span', { id: KEYS_ID, hidden: '' }, hint));
    this.element.addEventListener('pointerdown', (event) => this.#begin(event));
    this.element.addEventListener('pointermove', (event) => this.#move(event));
    this.element.addEventListener('pointerup', () => this.#finish());
    this.element.addEventListener('pointercancel', () => this.#finish());
    this.element.addEventListener('pointerleave', () => this.#pointer.leave());
    this.element.addEventListener('dblclick', () => this.#actions.choose({ viewport: this.#bounds }));
    this.element.addEventListener('keydown', (event) => this.#press(event));
    // Not passive: zooming keeps the page from scrolling.
    this.element.addEventListener('wheel', (event) => this.#zoom(event), { passive: false });
  }

  draw(shown: Shown): void {
    this.#shown = shown;
    const {
      axis,
      choices: { range, viewport },
    } = shown;
    this.#latestRange = range;
    setAttributes(this.element, {
      'aria-valuemin': viewport.start,
      'aria-valuemax': viewport.end,
      'aria-valuenow': Math.min(Math.max(range?.start ?? viewport.start, viewport.start), viewport.end),
      'aria-valuetext': describeSelectedTime(range),
    });
    const isInSight = range !== undefined && range.start < viewport.end && range.end > viewport.start;
    this.#shade.hidden = !isInSight;
    if (!isInSight) return;
    const { left, width } = placeRange(axis, range);
    place(this.#shade, { left: `${PLOT_MARGIN.left + left}px`, width: `${width}px` });
  }

  #positionOf({ clientX }: MouseEvent): number {
    return clientX - this.element.getBoundingClientRect().left - PLOT_MARGIN.left;
  }

  #begin(event: PointerEvent): void {
    if (this.#shown === undefined || event.button !== 0) return;
    const from = this.#positionOf(event);
    const { axis, choices } = this.#shown;
    this.#drag = { grip: chooseGrip(axis, choices.range, from), range: choices.range, from, to: from };
    this.element.setPointerCapture(event.pointerId);
    this.#pointer.leave();
    this.#actions.setDragging(true);
  }

  #move(event: PointerEvent): void {
    if (this.#shown === undefined) return;
    const to = this.#positionOf(event);
    const { axis, choices } = this.#shown;
    if (this.#drag === undefined) {
      place(this.element, { cursor: CURSORS[chooseGrip(axis, choices.range, to)] });
      this.#pointer.point(to + PLOT_MARGIN.left);
      return;
    }
    this.#drag = { ...this.#drag, to };
    this.#actions.choose({ range: dragRange(axis, this.#drag) });
  }

  #finish(): void {
    if (this.#drag === undefined || this.#shown === undefined) return;
    const range = dragRange(this.#shown.axis, this.#drag);
    this.#drag = undefined;
    this.#actions.setDragging(false);
    this.#actions.choose({ range });
  }

  #press(event: KeyboardEvent): void {
    if (this.#shown === undefined) return;
    const next = applyKey(event, this.#latestRange, this.#shown.choices.viewport);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#latestRange = next === 'clear' ? undefined : next;
    this.#actions.choose({ range: this.#latestRange });
  }

  #zoom(event: WheelEvent): void {
    if (this.#shown === undefined) return;
    const { axis } = this.#shown;
    const view = { viewport: axis.viewport, bounds: this.#bounds, plotWidth: axis.width };
    const next = turnWheel(event, view, () => momentAt(axis, this.#positionOf(event)));
    if (next === undefined) return;
    event.preventDefault();
    this.#actions.choose({ viewport: next });
  }
}

const CURSORS = { start: 'ew-resize', end: 'ew-resize', whole: 'move', nothing: 'crosshair' } as const;

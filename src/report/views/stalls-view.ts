import { microseconds, type UnixMilliseconds } from '#trace/contract/units.ts';
import type { HeldLoopRow, StallList } from '../../app/profiler/shared/analysis-messages.ts';
import {
  formatCount,
  formatDuration,
  formatMoment,
  formatShare,
  formatWallClock,
} from '../../app/profiler/shared/format-quantity.ts';
import { isSameRange } from '../../app/profiler/shared/plot-geometry.ts';
import { rangeOf, splitTime, THRESHOLDS } from '../../app/profiler/views/stalls/stall-order.ts';
import { make, makeButton, replaceContent } from '../elements.ts';
import { nameFunction } from '../function-button.ts';
import type { ReportActions, ReportView, Shown } from '../report-view.ts';

const FIRST_ROWS = 10;
const CALLERS = 2;

/** What held the reactor: single long callbacks, and spells of many in a row. A click on a time selects it. */
export class StallsView implements ReportView {
  readonly element = make('section', { class: 'stalls', 'aria-label': 'Stalls' });
  readonly #actions: ReportActions;
  readonly #startedAt: UnixMilliseconds | undefined;
  readonly #threshold = make('select', { 'data-key': 'threshold' });
  readonly #lists = make('div');
  #areAllShown = false;
  #drawn: StallList | undefined;

  constructor(actions: ReportActions, startedAt: UnixMilliseconds | undefined) {
    this.#actions = actions;
    this.#startedAt = startedAt;
    this.#threshold.append(
      ...THRESHOLDS.map((threshold) => make('option', { value: threshold }, formatDuration(threshold))),
    );
    this.#threshold.addEventListener('change', () =>
      actions.choose({ stallThreshold: microseconds(Number(this.#threshold.value)) }),
    );
    const label = make('label', {}, 'from ', this.#threshold);
    this.element.append(make('div', { class: 'head' }, make('h2', {}, 'Stalls'), label), this.#lists);
  }

  draw(shown: Shown): void {
    const {
      answer: { stalls },
      choices: { stallThreshold, range },
    } = shown;
    this.#threshold.value = String(stallThreshold);
    if (stalls !== undefined && stalls !== this.#drawn) this.#drawLists(stalls, shown);
    for (const row of this.#lists.querySelectorAll('tr[data-start-us]'))
      row.classList.toggle('selected', range !== undefined && isSameRange(readRange(row), range));
  }

  #drawLists(list: StallList, shown: Shown): void {
    this.#drawn = list;
    if (!list.hasDispatches) {
      const text =
        'This recording shows no event loop that is known (Twisted, asyncio), so it cannot tell one callback from the next.';
      return replaceContent(this.#lists, make('p', { class: 'bbp-quiet' }, text));
    }
    const least = formatDuration(shown.choices.stallThreshold);
    const hidden = list.stalls.length + list.spells.length > 2 * FIRST_ROWS;
    const more = makeButton(
      this.#areAllShown ? 'Fewer' : 'All of them',
      () => {
        this.#areAllShown = !this.#areAllShown;
        this.#drawLists(list, shown);
      },
      { class: 'more', 'data-key': 'more stalls' },
    );
    replaceContent(
      this.#lists,
      this.#drawGroup('Single callbacks', list.stallCount, list.stalls, `No callback took ${least} or longer.`),
      this.#drawGroup('Saturated spells', list.spellCount, list.spells, 'There was none.'),
      hidden ? more : undefined,
    );
  }

  #drawGroup(title: string, count: number, rows: readonly HeldLoopRow[], emptyText: string): HTMLElement {
    const heading = make('h3', {}, `${title} `, make('span', { class: 'bbp-quiet' }, formatCount(count)));
    if (rows.length === 0) return make('div', {}, heading, make('p', { class: 'bbp-quiet' }, emptyText));
    const hasBuilds = rows.some(({ builds }) => builds.length > 0);
    const heads = ['Length', 'At', 'Held by', 'Meanwhile', ...(hasBuilds ? ['Builds'] : [])];
    const body = rows.slice(0, this.#areAllShown ? undefined : FIRST_ROWS).map((row) => this.#drawRow(row, hasBuilds));
    const table = make(
      'table',
      { 'aria-label': title },
      make('thead', {}, make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, head)))),
      make('tbody', {}, ...body),
    );
    return make('div', {}, heading, make('div', { class: 'scroll' }, table));
  }

  #drawRow(row: HeldLoopRow, hasBuilds: boolean): HTMLElement {
    const { start, duration, shortest, longest, functions, functionShare, builds } = row;
    const [held, ...callers] = functions;
    const bounds = `Between ${formatDuration(shortest)} and ${formatDuration(longest)}`;
    const select = makeButton(formatMoment(start), () => this.#actions.choose({ range: rangeOf(row) }), {
      class: 'bbp-plain',
      title: 'Select this time',
      'data-key': `at ${start}`,
    });
    const clock = formatWallClock(this.#startedAt, start);
    return make(
      'tr',
      { 'data-start-us': start, 'data-duration-us': duration },
      make('td', { title: bounds }, make('b', {}, formatDuration(duration))),
      make('td', {}, select, make('span', { class: 'bbp-quiet bbp-small lines' }, clock)),
      held === undefined
        ? make('td', { class: 'bbp-quiet' }, 'not known')
        : make(
            'td',
            { class: 'what' },
            ...nameFunction(held, this.#actions),
            make('span', { class: 'bbp-quiet bbp-small' }, `, ${formatShare(functionShare)} of the time`),
            make(
              'div',
              { class: 'bbp-small' },
              ...callers
                .slice(0, CALLERS)
                .flatMap((caller) => ['called by ', ...nameFunction(caller, this.#actions), ' ']),
            ),
          ),
      make('td', {}, ...splitTime(row).map(({ share, words }) => make('div', {}, `${formatShare(share)} ${words}`))),
      hasBuilds ? make('td', {}, builds.length === 0 ? 'none' : builds.join(', ')) : undefined,
    );
  }
}

const readRange = (row: Element): { start: ReturnType<typeof microseconds>; end: ReturnType<typeof microseconds> } => {
  const [start, duration] = ['data-start-us', 'data-duration-us'].map((name) => Number(row.getAttribute(name)));
  return { start: microseconds(start!), end: microseconds(start! + duration!) };
};

import { microseconds } from '#trace/contract/units.ts';
import type { FunctionWeight } from '../../app/profiler/shared/analysis-messages.ts';
import {
  formatCount,
  formatDuration,
  formatDurationExactly,
  formatShare,
} from '../../app/profiler/shared/format-quantity.ts';
import { isSameFunction } from '../../app/profiler/shared/function-identity.ts';
import { computePackageGroup } from '../../app/profiler/shared/package-group.ts';
import { WEIGHT_WORDS } from '../../app/profiler/shared/weight-words.ts';
import { type FunctionSorting, selectFunctions } from '../../app/profiler/views/functions/function-order.ts';
import { make, makeButton, replaceContent, setAttributes } from '../elements.ts';
import { nameFunction } from '../function-button.ts';
import type { ReportActions, ReportView, Shown } from '../report-view.ts';

const FIRST_ROWS = 30;
const MORE_ROWS = 10;

const COLUMNS: readonly { readonly id: FunctionSorting; readonly name: string; readonly meaning: string }[] = [
  { id: 'self', name: 'Self', meaning: 'Time in the function itself' },
  { id: 'total', name: 'Total', meaning: 'Time with everything it called' },
  { id: 'name', name: 'Function', meaning: '' },
];

/** Every function with what it took itself and with all it called. While the range is dragged it keeps what it showed. */
export class FunctionsView implements ReportView {
  readonly element = make('section', { class: 'functions', 'aria-label': 'Functions' });
  readonly #actions: ReportActions;
  readonly #count = make('span', { class: 'bbp-quiet', role: 'status' });
  readonly #table = make('div', { class: 'scroll' });
  #sorting: FunctionSorting = 'self';
  #rowLimit = FIRST_ROWS;
  #shown: Shown | undefined;

  constructor(actions: ReportActions) {
    this.#actions = actions;
    this.element.append(make('div', { class: 'head' }, make('h2', {}, 'Functions'), this.#count), this.#table);
  }

  draw(shown: Shown): void {
    const { functions, stats } = shown.answer;
    this.element.classList.toggle('stale', functions === undefined);
    if (functions === undefined) return;
    this.#shown = shown;
    setAttributes(this.element, { 'data-total-weight-us': stats.totalWeight });
    const rows = selectFunctions(functions, this.#sorting, shown.choices.search);
    this.#count.textContent = `${formatCount(rows.length)} functions`;
    const body = rows.slice(0, this.#rowLimit).map((row) => this.#drawRow(row, shown));
    const table = make('table', {}, this.#drawHead(), make('tbody', {}, ...body));
    replaceContent(this.#table, table, this.#moreButton(rows.length - this.#rowLimit));
  }

  #drawHead(): HTMLElement {
    const cells = COLUMNS.map(({ id, name, meaning }) => {
      const isSorted = this.#sorting === id;
      const sort = (): void => {
        this.#sorting = id;
        this.#rowLimit = FIRST_ROWS;
        this.#drawAgain();
      };
      const direction = id === 'name' ? 'ascending' : 'descending';
      return make(
        'th',
        {
          scope: 'col',
          class: id === 'name' ? undefined : 'bbp-number',
          'aria-sort': isSorted ? direction : undefined,
        },
        makeButton(isSorted ? `${name} ${id === 'name' ? '▴' : '▾'}` : name, sort, {
          class: 'bbp-sort',
          'aria-label': name,
          title: meaning === '' ? undefined : meaning,
          'data-key': `sort ${id}`,
        }),
      );
    });
    return make('thead', {}, make('tr', {}, ...cells));
  }

  #drawRow({ identity, self, total }: FunctionWeight, { choices, answer }: Shown): HTMLElement {
    const cell = (weight: number): HTMLElement => {
      const share = answer.stats.totalWeight === 0 ? 0 : weight / answer.stats.totalWeight;
      const exact = `${formatDurationExactly(microseconds(weight))} of the ${WEIGHT_WORDS[choices.weight].name}`;
      const time = make('span', { class: 'bbp-quiet' }, formatDuration(microseconds(weight)));
      return make('td', { class: 'bbp-number', title: exact }, make('b', {}, formatShare(share)), ' ', time);
    };
    const swatch = make('span', { class: `swatch ${computePackageGroup(identity.file)}` });
    return make(
      'tr',
      {
        class: isSameFunction(identity, choices.selected) ? 'selected' : undefined,
        'data-function': identity.name,
        'data-file': identity.file,
        'data-first-line': identity.firstLine,
        'data-self-us': self,
        'data-total-us': total,
      },
      cell(self),
      cell(total),
      make('td', { class: 'name' }, swatch, ...nameFunction(identity, this.#actions)),
    );
  }

  #moreButton(hidden: number): HTMLElement | undefined {
    if (hidden <= 0) return undefined;
    const show = (): void => {
      this.#rowLimit *= MORE_ROWS;
      this.#drawAgain();
    };
    return makeButton(`Show more (${formatCount(hidden)} left)`, show, { class: 'more', 'data-key': 'more functions' });
  }

  #drawAgain(): void {
    if (this.#shown !== undefined) this.draw(this.#shown);
  }
}

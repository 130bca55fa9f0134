import type { LineRow } from '#trace/analysis/function-lines.ts';
import { microseconds } from '#trace/contract/units.ts';
import type { CallNeighbours, RelatedCall } from '../../app/profiler/shared/analysis-messages.ts';
import {
  formatCount,
  formatDuration,
  formatDurationExactly,
  formatShare,
} from '../../app/profiler/shared/format-quantity.ts';
import { make, makeButton, replaceContent } from '../elements.ts';
import { nameFunction } from '../function-button.ts';
import type { ReportActions, ReportView, Shown } from '../report-view.ts';

/** The selected function: who called it, what it called, and at which of its lines the time went. */
export class CallsView implements ReportView {
  readonly element = make('section', { class: 'calls', 'aria-label': 'Selected function' });
  readonly #actions: ReportActions;

  constructor(actions: ReportActions) {
    this.#actions = actions;
  }

  draw({ choices: { selected }, answer: { request, neighbours } }: Shown): void {
    const isStale = selected !== undefined && request.selected === undefined;
    this.element.classList.toggle('stale', isStale);
    if (isStale) return;
    if (neighbours !== undefined) return replaceContent(this.element, ...this.#drawCalls(neighbours));
    const [title, text] =
      selected === undefined
        ? ['No function selected', 'Click a frame or a function for its callers and callees.']
        : [selected.name, 'Not in this selection.'];
    replaceContent(this.element, make('h2', {}, title), make('p', { class: 'bbp-quiet' }, text));
  }

  #drawCalls({ function: { identity, self, total }, samples, callers, callees, lines }: CallNeighbours): HTMLElement[] {
    const times = `${formatDuration(microseconds(total))} in all, ${formatDuration(microseconds(self))} itself, in ${formatCount(samples)} samples. `;
    const focus = makeButton('Look at it alone', () => this.#actions.choose({ focus: identity }), {
      class: 'bbp-plain',
      'data-key': 'alone',
    });
    return [
      make('h2', {}, identity.name),
      make('p', { class: 'bbp-quiet file' }, `${identity.file}:${identity.firstLine}`),
      make('p', {}, times, focus),
      this.#drawTable('Callers', 'Nothing calls it in this selection.', callers),
      this.#drawTable('Callees', 'It calls nothing in this selection.', callees),
      ...(lines.length === 0 ? [] : [drawLines(lines, total)]),
    ];
  }

  #drawTable(title: string, emptyText: string, calls: readonly RelatedCall[]): HTMLElement {
    const section = make('section', { 'aria-label': title }, make('h3', {}, title));
    if (calls.length === 0) {
      section.append(make('p', { class: 'bbp-quiet' }, emptyText));
      return section;
    }
    const rows = calls.map(({ identity, weight, share, samples }) =>
      make(
        'tr',
        { 'data-weight-us': weight },
        make(
          'td',
          { class: 'name' },
          ...(identity === undefined
            ? [make('span', { class: 'bbp-quiet' }, 'the thread itself')]
            : nameFunction(identity, this.#actions)),
        ),
        number(formatDuration(microseconds(weight)), formatDurationExactly(microseconds(weight))),
        number(formatCount(samples), 'Samples that caught the call'),
        number(formatShare(share), 'Of the total of the selected function'),
      ),
    );
    section.append(drawTable(['Function', 'Time', 'Samples', 'Share'], rows));
    return section;
  }
}

const drawLines = (lines: readonly LineRow[], total: number): HTMLElement => {
  const share = (weight: number): string => formatShare(total === 0 ? 0 : weight / total);
  const rows = lines.map((row) =>
    make(
      'tr',
      { 'data-line': row.line, 'data-self-us': row.self, 'data-total-us': row.total },
      make('td', {}, row.line === 0 ? 'not known' : String(row.line)),
      number(share(row.self), formatDurationExactly(microseconds(row.self))),
      number(share(row.total), formatDurationExactly(microseconds(row.total))),
    ),
  );
  return make(
    'section',
    { 'aria-label': 'Lines' },
    make('h3', {}, 'Lines'),
    drawTable(['Line', 'Self', 'Total'], rows),
  );
};

const drawTable = ([first = '', ...others]: readonly string[], rows: readonly HTMLElement[]): HTMLElement => {
  const heads = [
    make('th', { scope: 'col' }, first),
    ...others.map((head) => make('th', { scope: 'col', class: 'bbp-number' }, head)),
  ];
  return make('table', {}, make('thead', {}, make('tr', {}, ...heads)), make('tbody', {}, ...rows));
};

const number = (text: string, title: string): HTMLElement => make('td', { class: 'bbp-number', title }, text);

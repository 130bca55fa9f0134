import type { Weight } from '#trace/analysis/selection.ts';
import { WEIGHT_CHOICES } from '../../app/profiler/shared/weight-words.ts';
import { make, makeButton } from '../elements.ts';
import type { ReportActions, ReportView, Shown } from '../report-view.ts';

const ALL_THREADS = '';

/** What is counted, and of which threads. */
export class ControlsView implements ReportView {
  readonly element = make('div', { class: 'controls' });
  readonly #weights: ReadonlyMap<Weight, HTMLButtonElement>;
  readonly #threads = make('select');

  constructor(threadNames: readonly string[], actions: ReportActions) {
    this.#weights = new Map(
      WEIGHT_CHOICES.map(({ id, name, meaning }) => [
        id,
        makeButton(name, () => actions.choose({ weight: id }), { title: meaning }),
      ]),
    );
    this.#threads.append(
      make('option', { value: ALL_THREADS }, 'All threads'),
      ...threadNames.map((name, thread) => make('option', { value: thread }, name)),
    );
    this.#threads.addEventListener('change', () => {
      const { value } = this.#threads;
      actions.choose({ thread: value === ALL_THREADS ? undefined : Number(value) });
    });
    this.element.append(
      make('div', { role: 'group', 'aria-label': 'Weight' }, ...this.#weights.values()),
      make('label', {}, make('span', { class: 'bbp-hidden-label' }, 'Threads'), this.#threads),
    );
  }

  draw({ choices: { weight, thread } }: Shown): void {
    for (const [name, button] of this.#weights) button.setAttribute('aria-pressed', String(name === weight));
    this.#threads.value = thread === undefined ? ALL_THREADS : String(thread);
  }
}

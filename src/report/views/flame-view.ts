import { foldChains, functionOf, linksOf } from '#trace/analysis/folded-chains.ts';
import { TREE_DIRECTIONS, type TreeDirection } from '#trace/analysis/view-paths.ts';
import { CanvasFlameRenderer } from '../../app/profiler/views/flame-graph/canvas-flame-renderer.ts';
import { describeFrame, formatFrameText, type FrameText } from '../../app/profiler/views/flame-graph/describe-frame.ts';
import { DIRECTION_NAMES, DIRECTION_WORDS } from '../../app/profiler/views/flame-graph/direction-words.ts';
import {
  describePath,
  findBox,
  findPath,
  FLAME_ROW_HEIGHT,
  type FlameBox,
  type FlameLayout,
  layoutFlame,
  walkFrames,
} from '../../app/profiler/views/flame-graph/flame-layout.ts';
import { describeSearch, findFrames, searchFrames } from '../../app/profiler/views/flame-graph/frame-search.ts';
import { hasSelectedText } from '../../app/profiler/shared/has-selected-text.ts';
import { isTyping } from '../../app/profiler/shared/is-typing.ts';
import { formatShortFile, PACKAGE_GROUP_NAMES, PACKAGE_GROUPS } from '../../app/profiler/shared/package-group.ts';
import { WEIGHT_WORDS } from '../../app/profiler/shared/weight-words.ts';
import { make, makeButton, place, replaceContent, setAttributes } from '../elements.ts';
import type { ReportActions, ReportView, Shown } from '../report-view.ts';
import { FlameTree } from './flame-tree.ts';

const TOOLTIP_OFFSET = 12;
const TOOLTIP_WIDTH = 360;

/** Where the weight of the selection went. A click selects a function, a double click or Enter looks at it alone, arrow keys walk, Ctrl+C copies. */
export class FlameView implements ReportView {
  readonly element = make('section', { class: 'flame', 'aria-label': 'Flame graph' });
  readonly searchField = make('input', {
    type: 'search',
    placeholder: 'Search functions and files',
    'aria-keyshortcuts': '/',
  });
  readonly #actions: ReportActions;
  readonly #found = make('span', { class: 'bbp-quiet', role: 'status' });
  readonly #focus = make('p', { class: 'focus', hidden: '' });
  readonly #detail = make('p', { class: 'detail' });
  readonly #picture = make('div', { class: 'picture', 'aria-hidden': 'true' });
  readonly #renderer = new CanvasFlameRenderer(this.#picture);
  readonly #tree = new FlameTree();
  readonly #tooltip = make('div', { class: 'hover tooltip', 'aria-hidden': 'true', hidden: '' });
  readonly #area = make('div', { class: 'frames', role: 'tree', tabindex: 0 }, this.#picture, this.#tooltip);
  readonly #directions: ReadonlyMap<TreeDirection, HTMLButtonElement>;
  readonly #folds = make('input', { type: 'checkbox' });
  /** For who does not see the line above the frames. Takes no room, so that nothing moves and is drawn again. */
  readonly #copied = make('span', { class: 'bbp-hidden-label', 'aria-live': 'polite' });
  #width = 0;
  #pointed: FlameBox | undefined;
  #shown: Shown | undefined;
  #layout: FlameLayout | undefined;
  #activePath: readonly string[] | undefined;

  constructor(actions: ReportActions) {
    this.#actions = actions;
    const search = make(
      'label',
      {},
      make('span', { class: 'bbp-hidden-label' }, 'Search functions and files'),
      this.searchField,
    );
    this.#directions = new Map(
      TREE_DIRECTIONS.map((direction) => [
        direction,
        makeButton(DIRECTION_NAMES[direction], () => actions.choose({ direction })),
      ]),
    );
    const head = make(
      'div',
      { class: 'head' },
      make('h2', {}, 'Flame graph'),
      make('div', { role: 'group', 'aria-label': 'Direction' }, ...this.#directions.values()),
      make('label', {}, this.#folds, ' Fold chains'),
      search,
      this.#found,
      this.#copied,
    );
    this.#folds.addEventListener('change', () => actions.choose({ foldChains: this.#folds.checked }));
    document.addEventListener('copy', (event) => this.#copy(event));
    this.element.append(head, this.#focus, this.#detail, this.#area, drawLegend());
    this.searchField.addEventListener('input', () => actions.choose({ search: this.searchField.value }));
    this.#area.addEventListener('mousemove', (event) => this.#point(event));
    this.#area.addEventListener('mouseleave', () => this.#leave());
    this.#area.addEventListener('click', (event) => this.#click(event, false));
    this.#area.addEventListener('dblclick', (event) => this.#click(event, true));
    this.#area.addEventListener('keydown', (event) => this.#press(event));
    this.#area.addEventListener('focus', () => this.#enter());
  }

  /** CSS pixels that the frames may take. Asked before anything is drawn: once something is, the browser would lay out the page to tell. */
  measure(): number {
    this.#width = this.#area.clientWidth;
    return this.#width;
  }

  draw(shown: Shown): void {
    this.#shown = shown;
    const {
      answer: { flame, stats },
      choices: { search, selected, focus, direction, foldChains: isFolded },
    } = shown;
    const layout = layoutFlame(isFolded ? foldChains(flame, direction) : flame);
    this.#layout = layout;
    setAttributes(this.element, { 'data-total-weight-us': stats.totalWeight });
    const found = searchFrames(layout, search);
    this.#found.textContent = describeSearch(found);
    if (this.searchField.value !== search) this.searchField.value = search;
    for (const [name, button] of this.#directions) button.setAttribute('aria-pressed', String(name === direction));
    this.#folds.checked = isFolded;
    setAttributes(this.#area, { 'aria-label': DIRECTION_WORDS[direction].tree });
    this.#drawFocus(focus && `${focus.name} (${formatShortFile(focus.file)})`, shown);
    place(this.#area, { height: `${layout.rows.length * FLAME_ROW_HEIGHT}px` });
    this.#renderer.draw({
      layout,
      width: this.#width,
      matches: found?.matches,
      selected: findFrames(layout, selected),
    });
    this.#leave();
    this.#tell();
  }

  #drawFocus(name: string | undefined, { answer: { flame }, choices: { weight, direction } }: Shown): void {
    this.#focus.hidden = name === undefined;
    if (name === undefined) return;
    const leave = makeButton('Show everything', () => this.#actions.choose({ focus: undefined }), {
      class: 'bbp-plain',
      'data-key': 'everything',
    });
    const { beforeFocus, afterFocus } = DIRECTION_WORDS[direction];
    const [before, after] =
      flame.value === 0
        ? ['', ` has nothing here: none of the ${WEIGHT_WORDS[weight].name} was spent in it.`]
        : [`${beforeFocus} `, afterFocus];
    replaceContent(this.#focus, before, make('b', {}, name), `${after} `, leave);
  }

  get #active(): FlameBox | undefined {
    return this.#layout && this.#activePath && findPath(this.#layout, this.#activePath);
  }

  #activate(box: FlameBox): void {
    if (this.#layout !== undefined) this.#activePath = describePath(this.#layout, box);
    this.#tell();
  }

  /** The first key or tab into the graph starts at the root. */
  #enter(): void {
    const root = this.#layout?.boxes[0];
    if (this.#active === undefined && root !== undefined) this.#activate(root);
  }

  /** To assistive technology, and below the heading: the frame that the keys are at. */
  #tell(): void {
    const [layout, active] = [this.#layout, this.#active];
    if (layout === undefined) return;
    this.#tree.draw(this.#area, layout, active ?? layout.boxes[0], active, (box) => this.#describe(box));
    this.#say(active);
  }

  #say(box: FlameBox | undefined): void {
    const text = box && this.#describe(box);
    this.#copied.textContent = '';
    if (text === undefined) {
      const hint = 'Click a frame for its callers and callees, double-click to look at it alone.';
      this.#detail.replaceChildren(make('span', { class: 'bbp-quiet' }, hint));
      return;
    }
    this.#detail.title = text.exact;
    const file = make('span', { class: 'bbp-quiet' }, text.file);
    this.#detail.replaceChildren(make('b', {}, text.name), ` ${text.total}; ${text.self} `, file);
  }

  #describe({ node }: FlameBox): FrameText | undefined {
    if (this.#shown === undefined) return undefined;
    const { choices, answer } = this.#shown;
    const { name } = WEIGHT_WORDS[choices.weight];
    return describeFrame(node, {
      weightName: name,
      direction: choices.direction,
      whole: answer.stats.totalWeight || 1,
    });
  }

  #boxAt({ clientX, clientY }: MouseEvent): FlameBox | undefined {
    const { left, top } = this.#area.getBoundingClientRect();
    return this.#layout && findBox(this.#layout, (clientX - left) / Math.max(1, this.#width), clientY - top);
  }

  #point(event: MouseEvent): void {
    const box = this.#boxAt(event);
    const text = box && this.#describe(box);
    if (text === undefined) return this.#leave();
    this.#pointed = box;
    this.#say(box);
    const { left, top } = this.#area.getBoundingClientRect();
    const farthest = Math.max(0, this.#width - TOOLTIP_WIDTH);
    place(this.#tooltip, {
      left: `${Math.min(event.clientX - left + TOOLTIP_OFFSET, farthest)}px`,
      top: `${event.clientY - top + TOOLTIP_OFFSET}px`,
    });
    const lines = [text.file, ...text.links, text.total, text.self, text.exact].filter((line) => line !== '');
    this.#tooltip.replaceChildren(make('b', {}, text.name), ...lines.map((line) => make('div', {}, line)));
    this.#tooltip.hidden = false;
  }

  #leave(): void {
    this.#pointed = undefined;
    this.#tooltip.hidden = true;
    this.#say(this.#active);
  }

  #click(event: MouseEvent, isDouble: boolean): void {
    const box = this.#boxAt(event);
    if (box === undefined) return;
    this.#activate(box);
    if (isDouble) this.#focusOn(box);
    else this.#select(box);
  }

  #press(event: KeyboardEvent): void {
    const [layout, active] = [this.#layout, this.#active ?? this.#layout?.boxes[0]];
    if (layout === undefined || active === undefined) return;
    const next = walkFrames(layout, active, event.key);
    if (next !== undefined) this.#activate(next);
    else if (event.key === 'Enter') this.#focusOn(active);
    else if (event.key === ' ') this.#select(active);
    else return;
    event.preventDefault();
  }

  /** The frame under the pointer, else the one that the keys are at; unless the reader has marked text, or types some. */
  #copy(event: ClipboardEvent): void {
    const box = this.#pointed ?? (document.activeElement === this.#area ? this.#active : undefined);
    const text = box && this.#describe(box);
    if (text === undefined || event.clipboardData === null || isTyping(event) || hasSelectedText(this.#area)) return;
    event.clipboardData.setData('text/plain', formatFrameText(text));
    event.preventDefault();
    this.#detail.replaceChildren('Copied ', make('b', {}, text.name));
    this.#copied.textContent = this.#detail.textContent;
  }

  #select({ node }: FlameBox): void {
    const selected = functionOf(node);
    if (selected !== undefined) this.#actions.choose({ selected });
  }

  #focusOn({ node }: FlameBox): void {
    // Of a chain the first function, so that all of it is still there.
    const [first] = linksOf(node);
    if (first !== undefined) this.#actions.choose({ focus: first.identity });
    else if (node.kind === 'thread') this.#actions.choose({ thread: node.thread });
    else if (node.kind === 'root') this.#actions.choose({ focus: undefined });
  }
}

const drawLegend = (): HTMLElement =>
  make(
    'ul',
    { class: 'legend', 'aria-label': 'Colours' },
    ...PACKAGE_GROUPS.map((group) =>
      make('li', {}, make('span', { class: `swatch ${group}` }), PACKAGE_GROUP_NAMES[group]),
    ),
  );

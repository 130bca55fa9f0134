import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  input,
  linkedSignal,
  output,
  PendingTasks,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { foldChains, functionOf, linksOf } from '#trace/analysis/folded-chains.ts';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import type { TreeDirection } from '#trace/analysis/view-paths.ts';
import type { ThreadIndex } from '#trace/contract/units.ts';
import { afterPaint } from '../../shared/after-paint.ts';
import { copyText } from '../../shared/copy-text.ts';
import { hasSelectedText } from '../../shared/has-selected-text.ts';
import { isTyping } from '../../shared/is-typing.ts';
import { observeWidth } from '../../shared/observe-width.ts';
import { formatShortFile } from '../../shared/package-group.ts';
import { describeFrame, formatFrameText, type FrameMeasure, type FrameText } from './describe-frame.ts';
import { DIRECTION_WORDS } from './direction-words.ts';
import {
  describePath,
  findBox,
  findPath,
  findThreadOf,
  FLAME_ROW_HEIGHT,
  type FlameBox,
  layoutFlame,
  walkFrames,
} from './flame-layout.ts';
import { DIFFERENCE_LEGEND, PACKAGE_LEGEND } from './frame-color.ts';
import { FlamePainter } from './flame-painter.ts';
import { describeSearch, findFrames, searchFrames } from './frame-search.ts';
import { ToldFramesComponent } from './told-frames.component.ts';
import { NO_TOLD_FRAMES, tellFrames } from './told-frames.ts';

/** A picture that has stood for this long is told to assistive technology; one that moves on before is not. */
const TOLD_AFTER_MS = 200;
const TOOLTIP_OFFSET_PIXELS = 12;
const TOOLTIP_WIDTH_PIXELS = 360;

/**
 * Where the weight of the selection went. A click selects a function, a double click or Enter looks at it alone, arrow keys walk, Ctrl+C copies. What draws
 * is behind FlamePainter; the pointer, the keys and the tree told to assistive technology (one focusable tree, aria-activedescendant) are here.
 */
@Component({
  selector: 'bbp-flame-graph',
  imports: [ToldFramesComponent],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './flame-graph.component.html',
  styleUrl: './flame-graph.component.css',
  host: { '(document:copy)': 'copyByKey($event)' },
})
export class FlameGraphComponent {
  readonly root = input<FlameNode | undefined>();
  readonly selected = input<FunctionIdentity | undefined>();
  readonly focused = input<FunctionIdentity | undefined>();
  readonly search = input('');
  readonly direction = input<TreeDirection>('top-down');
  /** Whether frames that only lead to the next one are drawn as one with it. */
  readonly hasFoldedChains = input(false);
  /** What the weight is, as in "38 % of the CPU time". */
  readonly weightName = input.required<string>();
  /** Of the whole selection, also while one function is looked at alone. */
  readonly totalWeight = input(0);
  /** Whether each picture is soon followed by another: while a range is dragged, and live. */
  readonly isMoving = input(false);

  readonly functionSelect = output<FunctionIdentity>();
  /** Absent: everything again. */
  readonly functionFocus = output<FunctionIdentity | undefined>();
  readonly threadFocus = output<ThreadIndex>();
  readonly searchChange = output<string>();
  readonly widthChange = output<number>();

  protected readonly words = computed(() => DIRECTION_WORDS[this.direction()]);
  protected readonly legend = computed(() => (this.root()?.changes === undefined ? PACKAGE_LEGEND : DIFFERENCE_LEGEND));
  protected readonly layout = computed(() => {
    const root = this.root();
    return root && layoutFlame(this.hasFoldedChains() ? foldChains(root, this.direction()) : root);
  });
  /** Of what is looked at alone: another recording, another range or other threads may not have it. */
  protected readonly hasNothing = computed(() => this.root()?.value === 0);
  protected readonly found = computed(() => {
    const layout = this.layout();
    return layout && searchFrames(layout, this.search());
  });
  protected readonly foundText = computed(() => describeSearch(this.found()));
  protected readonly height = computed(() => (this.layout()?.rows.length ?? 0) * FLAME_ROW_HEIGHT);
  protected readonly active = computed(() => {
    const [layout, path] = [this.layout(), this.activePath()];
    return layout && path && findPath(layout, path);
  });
  protected readonly told = signal(NO_TOLD_FRAMES);
  protected readonly isToldLater = computed(() => this.told().layout !== (this.layout() ?? NO_TOLD_FRAMES.layout));
  protected readonly activeTold = computed(() => {
    const [told, path] = [this.told(), this.activePath()];
    return path && findPath(told.layout, path);
  });
  /** What lies over the picture, whatever draws it. */
  protected readonly marks = computed(() => {
    const [active, hovered] = [this.active(), this.hovered()?.box];
    return [
      ...(hovered === undefined ? [] : [{ kind: 'hovered', box: hovered }]),
      ...(active === undefined ? [] : [{ kind: 'active', box: active }]),
    ];
  });
  protected readonly hoveredText = computed(() => this.describe(this.hovered()?.box));
  protected readonly detail = computed(() => this.describe(this.hovered()?.box ?? this.active()));
  /** What became of the last copy, as long as the same function is told. */
  protected readonly copied = linkedSignal({
    source: () => `${this.detail()?.name ?? ''} ${this.detail()?.file ?? ''}`,
    computation: () => '',
  });
  protected readonly tooltipPosition = computed(() => {
    const hovered = this.hovered();
    if (hovered === undefined) return { left: 0, top: 0 };
    const farthest = Math.max(0, this.width() - TOOLTIP_WIDTH_PIXELS);
    return {
      left: Math.min(hovered.x + TOOLTIP_OFFSET_PIXELS, farthest),
      top: hovered.y + TOOLTIP_OFFSET_PIXELS,
    };
  });
  protected readonly width = signal(0);
  protected readonly rowHeight = FLAME_ROW_HEIGHT;

  private readonly hovered = signal<{ box: FlameBox; x: number; y: number } | undefined>(undefined);
  private readonly activePath = signal<readonly string[] | undefined>(undefined);
  private readonly frames = viewChild.required<ElementRef<HTMLElement>>('frames');
  private readonly canvas = viewChild.required<ElementRef<HTMLElement>>('canvas');
  private readonly measure = computed((): FrameMeasure => ({
    weightName: this.weightName(),
    whole: this.totalWeight(),
    direction: this.direction(),
  }));
  private painter: FlamePainter | undefined;
  private readonly pendingTasks = inject(PendingTasks);

  constructor() {
    afterRenderEffect((onCleanup) =>
      onCleanup(
        observeWidth(this.frames().nativeElement, (width) => {
          this.width.set(width);
          this.widthChange.emit(width);
        }),
      ),
    );
    afterRenderEffect(() => {
      const [layout, width, found, selected] = [this.layout(), this.width(), this.found(), this.selected()];
      const pace = this.isMoving() ? 'moving' : 'resting';
      if (layout === undefined || width === 0) return;
      this.painter ??= new FlamePainter(this.canvas().nativeElement);
      this.painter.draw({ layout, width, matches: found?.matches, selected: findFrames(layout, selected) }, pace);
      // What was under the pointer may be somewhere else now.
      untracked(() => this.hovered.set(undefined));
    });
    effect((onCleanup) => onCleanup(this.tellPicture()));
    inject(DestroyRef).onDestroy(() => this.painter?.destroy());
    this.takeClicksFirst();
  }

  protected movePointer(event: MouseEvent): void {
    const box = this.findBoxAt(event);
    const area = this.frames().nativeElement.getBoundingClientRect();
    this.hovered.set(box && { box, x: event.clientX - area.left, y: event.clientY - area.top });
  }

  protected leavePointer(): void {
    this.hovered.set(undefined);
  }

  protected press(event: KeyboardEvent): void {
    const [layout, active] = [this.layout(), this.active() ?? this.layout()?.boxes[0]];
    if (layout === undefined || active === undefined) return;
    const next = walkFrames(layout, active, event.key);
    if (next !== undefined) this.activate(next);
    else if (event.key === 'Enter') this.focusOn(active);
    else if (event.key === ' ') this.choose(active);
    else return;
    event.preventDefault();
  }

  protected async copy(text: FrameText): Promise<void> {
    this.tellCopied(await copyText(formatFrameText(text)));
  }

  /** Of the frame under the pointer, else of the one that keys go to; unless the user has marked text, or types some. */
  protected copyByKey(event: ClipboardEvent): void {
    const frames = this.frames().nativeElement;
    const hasKeys = event.composedPath().includes(frames);
    const text = this.hoveredText() ?? (hasKeys ? this.detail() : undefined);
    if (text === undefined || event.clipboardData === null || event.defaultPrevented) return;
    if (isTyping(event) || hasSelectedText(frames)) return;
    event.clipboardData.setData('text/plain', formatFrameText(text));
    event.preventDefault();
    this.tellCopied(true);
  }

  /** The first key or tab into the graph starts at the root. */
  protected enter(): void {
    const root = this.layout()?.boxes[0];
    if (this.active() === undefined && root !== undefined) this.activate(root);
  }

  protected takeSearch(event: Event): void {
    this.searchChange.emit((event.target as HTMLInputElement).value);
  }

  protected formatFocus(identity: FunctionIdentity): string {
    return `${identity.name} (${formatShortFile(identity.file)})`;
  }

  /** d3-flame-graph zooms on a click by itself; it must not get any. */
  private takeClicksFirst(): void {
    afterRenderEffect((onCleanup) => {
      const area = this.frames().nativeElement;
      const click = (event: MouseEvent): void => this.click(event);
      area.addEventListener('click', click, true);
      area.addEventListener('dblclick', click, true);
      onCleanup(() => {
        area.removeEventListener('click', click, true);
        area.removeEventListener('dblclick', click, true);
      });
    });
  }

  private click(event: MouseEvent): void {
    event.stopPropagation();
    const box = this.findBoxAt(event);
    if (box === undefined) return;
    this.activate(box);
    if (event.type === 'dblclick') this.focusOn(box);
    else this.choose(box);
  }

  private findBoxAt({ clientX, clientY }: MouseEvent): FlameBox | undefined {
    const layout = this.layout();
    const area = this.frames().nativeElement.getBoundingClientRect();
    return layout && findBox(layout, (clientX - area.left) / Math.max(1, this.width()), clientY - area.top);
  }

  private activate(box: FlameBox): void {
    const layout = this.layout();
    if (layout !== undefined) this.activePath.set(describePath(layout, box));
  }

  private choose({ node }: FlameBox): void {
    const identity = functionOf(node);
    if (identity !== undefined) this.functionSelect.emit(identity);
  }

  private focusOn(box: FlameBox): void {
    const { node } = box;
    // Of a chain the first function, so that all of it is still there.
    const [first] = linksOf(node);
    if (first !== undefined) this.functionFocus.emit(first.identity);
    else if (node.kind === 'thread') this.threadFocus.emit(node.thread);
    else if (node.kind === 'root') this.functionFocus.emit(undefined);
  }

  private tellCopied(isCopied: boolean): void {
    this.copied.set(isCopied ? 'Copied' : 'The browser does not let this page copy');
  }

  private describe(box: FlameBox | undefined): FrameText | undefined {
    const layout = this.layout();
    return layout && box && describeFrame(box.node, this.measure(), findThreadOf(layout, box)?.node);
  }

  /** Tells the picture as soon as it has been painted where it rests, and once it has stood for a while where it moves. The answer takes that back. */
  private tellPicture(): () => void {
    const [layout, width, measure, isMoving] = [this.layout(), this.width(), this.measure(), this.isMoving()];
    const tell = (): void => this.told.set(layout ? tellFrames(layout, width, measure) : NO_TOLD_FRAMES);
    if (isMoving) {
      const timer = setTimeout(tell, TOLD_AFTER_MS);
      return () => clearTimeout(timer);
    }
    const finish = this.pendingTasks.add();
    const cancel = afterPaint(() => {
      try {
        tell();
      } finally {
        finish();
      }
    });
    return () => {
      cancel();
      finish();
    };
  }
}

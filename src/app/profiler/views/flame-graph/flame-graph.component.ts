import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  type ElementRef,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { microseconds, type ThreadIndex } from '#trace/contract/units.ts';
import { formatDuration, formatDurationExactly, formatShare } from '../../shared/format-quantity.ts';
import { isSameFunction } from '../../shared/function-identity.ts';
import { observeWidth } from '../../shared/observe-width.ts';
import { formatShortFile, PACKAGE_GROUP_NAMES, PACKAGE_GROUPS } from '../../shared/package-group.ts';
import {
  childrenOf,
  describePath,
  findBox,
  findPath,
  FLAME_ROW_HEIGHT,
  type FlameBox,
  layoutFlame,
  walkFrames,
} from './flame-layout.ts';
import type { FlameRenderer } from './flame-renderer.ts';
import { searchFrames } from './frame-search.ts';
import { SvgFlameRenderer } from './svg-flame-renderer.ts';

/** Frames around the active one that are told to assistive technology: what one key press can reach. */
const MAX_TOLD_FRAMES = 200;
const TOOLTIP_OFFSET_PIXELS = 12;
const TOOLTIP_WIDTH_PIXELS = 360;

interface FrameText {
  readonly name: string;
  readonly file: string;
  readonly total: string;
  readonly self: string;
  readonly exact: string;
}

/**
 * Where the weight of the selection went. A click selects a function, a double click or Enter looks at it alone, arrow keys walk. What draws
 * is behind FlameRenderer; the pointer, the keys and the tree told to assistive technology (one focusable tree, aria-activedescendant) are here.
 */
@Component({
  selector: 'bbp-flame-graph',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './flame-graph.component.html',
  styleUrl: './flame-graph.component.css',
})
export class FlameGraphComponent {
  readonly root = input<FlameNode | undefined>();
  readonly selected = input<FunctionIdentity | undefined>();
  readonly focused = input<FunctionIdentity | undefined>();
  readonly search = input('');
  /** What the weight is, as in "38 % of the CPU time". */
  readonly weightName = input.required<string>();
  /** Of the whole selection, also while one function is looked at alone. */
  readonly totalWeight = input(0);

  readonly functionSelect = output<FunctionIdentity>();
  /** Absent: everything again. */
  readonly functionFocus = output<FunctionIdentity | undefined>();
  readonly threadFocus = output<ThreadIndex>();
  readonly searchChange = output<string>();
  readonly widthChange = output<number>();

  protected readonly groups = PACKAGE_GROUPS.map((id) => ({ id, name: PACKAGE_GROUP_NAMES[id] }));
  protected readonly layout = computed(() => {
    const root = this.root();
    return root && layoutFlame(root);
  });
  protected readonly found = computed(() => {
    const layout = this.layout();
    return layout && searchFrames(layout, this.search());
  });
  protected readonly foundText = computed(() => {
    const found = this.found();
    if (found === undefined) return '';
    if (found.matches.size === 0) return 'No frame matches';
    const count = found.matches.size === 1 ? '1 frame' : `${found.matches.size} frames`;
    return `${count}, ${formatShare(found.share)} of what is shown`;
  });
  protected readonly height = computed(() => (this.layout()?.rows.length ?? 0) * FLAME_ROW_HEIGHT);
  protected readonly active = computed(() => {
    const [layout, path] = [this.layout(), this.activePath()];
    return layout && path && findPath(layout, path);
  });
  protected readonly told = computed(() => this.tellFrames());
  protected readonly hoveredText = computed(() => this.describe(this.hovered()?.box));
  protected readonly detail = computed(() => this.describe(this.hovered()?.box ?? this.active()));
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

  private readonly hovered = signal<{ box: FlameBox; x: number; y: number } | undefined>(undefined);
  private readonly activePath = signal<readonly string[] | undefined>(undefined);
  private readonly frames = viewChild.required<ElementRef<HTMLElement>>('frames');
  private readonly canvas = viewChild.required<ElementRef<HTMLElement>>('canvas');
  private renderer: FlameRenderer | undefined;

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
      if (layout === undefined || width === 0) return;
      this.renderer ??= new SvgFlameRenderer(this.canvas().nativeElement);
      const same = layout.boxes.filter(
        ({ node }) => node.kind === 'function' && isSameFunction(node.identity, selected),
      );
      const marked = new Set(same.map(({ index }) => index));
      this.renderer.draw({ layout, width, matches: found?.matches, selected: marked });
      // What was under the pointer may be somewhere else now.
      untracked(() => this.hovered.set(undefined));
    });
    inject(DestroyRef).onDestroy(() => this.renderer?.destroy());
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
    if (node.kind === 'function') this.functionSelect.emit(node.identity);
  }

  private focusOn({ node }: FlameBox): void {
    if (node.kind === 'function') this.functionFocus.emit(node.identity);
    else if (node.kind === 'thread') this.threadFocus.emit(node.thread);
    else if (node.kind === 'root') this.functionFocus.emit(undefined);
  }

  private describe(box: FlameBox | undefined): FrameText | undefined {
    if (box === undefined) return undefined;
    const { node } = box;
    const [value, self] = [microseconds(node.value), microseconds(node.self)];
    const whole = this.totalWeight() || node.value;
    const line = node.kind === 'function' && node.identity.firstLine > 0 ? `:${node.identity.firstLine}` : '';
    return {
      name: node.name,
      file: node.kind === 'function' ? node.identity.file + line : '',
      total: `${formatShare(value / whole)} of the ${this.weightName()}, ${formatDuration(value)}`,
      self: `${formatShare(self / whole)} itself, ${formatDuration(self)}`,
      exact: `total ${formatDurationExactly(value)}, self ${formatDurationExactly(self)}`,
    };
  }

  /** The active frame, the way to it, its siblings and its callees. */
  private tellFrames(): readonly {
    readonly box: FlameBox;
    readonly text: string;
    readonly position: number;
    readonly size: number;
  }[] {
    const layout = this.layout();
    const active = this.active() ?? layout?.boxes[0];
    if (layout === undefined || active === undefined) return [];
    const way: FlameBox[] = [];
    for (let step = layout.boxes[active.parent]; step !== undefined; step = layout.boxes[step.parent])
      way.unshift(step);
    const parent = layout.boxes[active.parent];
    const siblings = parent === undefined ? [active] : childrenOf(layout, parent);
    const told = [...way, ...siblings, ...childrenOf(layout, active)].slice(0, MAX_TOLD_FRAMES);
    if (!told.includes(active)) told.push(active);
    return told.map((box) => {
      const owner = layout.boxes[box.parent];
      const row = owner === undefined ? [box] : childrenOf(layout, owner);
      const text = this.describe(box);
      return {
        box,
        text: text === undefined ? '' : `${text.name}, ${text.total}, ${text.self}`,
        position: row.indexOf(box) + 1,
        size: row.length,
      };
    });
  }
}

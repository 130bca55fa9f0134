import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { makeFrame } from '#trace/testing/flame-nodes.ts';
import { CanvasFlameRenderer } from './canvas-flame-renderer.ts';
import { FLAME_ROW_HEIGHT, layoutFlame } from './flame-layout.ts';
import type { FlameDrawing } from './flame-renderer.ts';

/** jsdom has no canvas: this one keeps what it is told to draw, in words. Every letter is 10 wide. */
class RecordingContext {
  font = '';
  fillStyle = '';
  strokeStyle = '';
  globalAlpha = 1;
  lineWidth = 1;
  readonly drawn: string[] = [];

  setTransform(): void {
    // All places are in CSS pixels.
  }

  clearRect(): void {
    this.drawn.length = 0;
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.drawn.push(`frame ${x},${y} ${width}x${height} ${this.fillStyle}${this.#opacity()}`);
  }

  fillText(text: string, x: number): void {
    this.drawn.push(`name ${text} at ${x}${this.#opacity()}`);
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.drawn.push(`outline ${x},${y} ${width}x${height}`);
  }

  measureText(text: string): { width: number; fontBoundingBoxAscent: number; fontBoundingBoxDescent: number } {
    return { width: text.length * 10, fontBoundingBoxAscent: 9, fontBoundingBoxDescent: 3 };
  }

  #opacity(): string {
    return this.globalAlpha === 1 ? '' : ` at ${this.globalAlpha}`;
  }
}

class SightTeller {
  static last: SightTeller | undefined;
  readonly watched = new Set<Element>();
  readonly #tell: IntersectionObserverCallback;

  constructor(tell: IntersectionObserverCallback) {
    this.#tell = tell;
    SightTeller.last = this;
  }

  observe(element: Element): void {
    this.watched.add(element);
  }

  unobserve(element: Element): void {
    this.watched.delete(element);
  }

  disconnect(): void {
    this.watched.clear();
  }

  tell(target: Element, isIntersecting: boolean): void {
    this.#tell([{ target, isIntersecting } as IntersectionObserverEntry], this as unknown as IntersectionObserver);
  }
}

const drawingOf = (children: FlameNode[], change: Partial<FlameDrawing> = {}): FlameDrawing => ({
  layout: layoutFlame({ kind: 'root', name: 'all', value: 100, self: 0, children }),
  width: 400,
  matches: undefined,
  selected: new Set(),
  ...change,
});
const deepStack = (depth: number): FlameNode =>
  depth === 0 ? makeFrame('end', 100) : makeFrame('call', 100, deepStack(depth - 1));

describe('the canvas renderer', () => {
  const contexts = new Map<HTMLCanvasElement, RecordingContext>();
  let host = document.createElement('div');
  let resolutionListeners = 0;
  const drawnOn = (index: number): readonly string[] => contexts.get(host.querySelectorAll('canvas')[index]!)!.drawn;

  beforeEach(() => {
    contexts.clear();
    resolutionListeners = 0;
    host = document.createElement('div');
    document.body.append(host);
    vi.stubGlobal('IntersectionObserver', SightTeller);
    vi.stubGlobal('matchMedia', () => ({
      addEventListener: (_type: string, _listener: unknown, { signal }: { signal: AbortSignal }) => {
        resolutionListeners += 1;
        signal.addEventListener('abort', () => (resolutionListeners -= 1));
      },
    }));
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(function (this: HTMLCanvasElement) {
      const context = contexts.get(this) ?? new RecordingContext();
      contexts.set(this, context);
      return context as unknown as CanvasRenderingContext2D & null;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    host.remove();
  });

  it('draws frames where the layout puts them, leaves out what cannot be seen, and shortens names to their room', () => {
    const renderer = new CanvasFlameRenderer(host);
    renderer.draw(drawingOf([makeFrame('reactor', 75), makeFrame('b', 20), makeFrame('c', 0.1)]));
    expect(drawnOn(0).map((line) => line.replace(/ (var|rgb)\(.*?\)/, ''))).toEqual([
      'frame 0.25,0.25 399.5x17.5',
      'frame 0.25,18.25 299.5x17.5',
      'frame 300.25,18.25 79.5x17.5',
      'name all at 4',
      'name reactor at 4',
      'name b at 304',
    ]);
    renderer.draw(drawingOf([makeFrame('reactor', 15)]));
    expect(drawnOn(0)).toContain('name reac… at 4');
    renderer.destroy();
  });

  it('dims what a search did not find, and outlines the selected function', () => {
    const renderer = new CanvasFlameRenderer(host);
    renderer.draw(
      drawingOf([makeFrame('a', 50), makeFrame('b', 50)], { matches: new Set([1]), selected: new Set([2]) }),
    );
    const drawn = drawnOn(0);
    expect(drawn.filter((line) => line.endsWith(' at 0.35')).map((line) => line.split(' ', 2).join(' '))).toEqual([
      'frame 0.25,0.25',
      'frame 200.25,18.25',
      'name all',
      'name b',
    ]);
    expect(drawn.at(-1)).toBe('outline 200,18 200x18');
    renderer.destroy();
  });

  it('draws a deep stack on several canvases, and only on those in sight', () => {
    const renderer = new CanvasFlameRenderer(host);
    renderer.draw(drawingOf([deepStack(99)]));
    const tiles = [...host.querySelectorAll('canvas')];
    expect(tiles).toHaveLength(3);
    const [, second] = tiles;
    SightTeller.last!.tell(second!, false);
    expect(second!.height).toBe(0);
    renderer.draw(drawingOf([deepStack(99)], { width: 300 }));
    expect(second!.height).toBe(0);
    SightTeller.last!.tell(second!, true);
    expect(second!.height).toBe(40 * FLAME_ROW_HEIGHT);
    expect(drawnOn(1).filter((line) => line.startsWith('name call'))).toHaveLength(40);
    renderer.draw(drawingOf([makeFrame('a', 100)]));
    expect(host.querySelectorAll('canvas')).toHaveLength(1);
    renderer.destroy();
  });

  it('leaves nothing behind', () => {
    const renderer = new CanvasFlameRenderer(host);
    renderer.draw(drawingOf([deepStack(60)]));
    renderer.clear();
    expect(host.querySelectorAll('canvas')).toHaveLength(0);
    expect(SightTeller.last!.watched.size).toBe(0);
    renderer.destroy();
    expect(host.children).toHaveLength(0);
    expect(resolutionListeners).toBe(0);
  });
});

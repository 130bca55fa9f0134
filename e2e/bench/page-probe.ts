/** What is put into a page to see when it has painted what. Runs in the browser: each function is complete in itself. */

export interface PaintedRange {
  /** Selected range as the flame graph tells it, microseconds. */
  readonly start: number;
  readonly end: number;
  /** Clock of the page, milliseconds: end of the frame in which it was painted. */
  readonly at: number;
}

export interface MouseMove {
  /** When the browser got it, clock of the page, milliseconds. */
  readonly at: number;
  /** CSS pixels. */
  readonly x: number;
}

export interface ProbeRecord {
  /** When a file was chosen, clock of the page, milliseconds. */
  chosenAt: number | undefined;
  /** End of the first frame with a flame graph, and of the first with the awaited total. */
  firstPaintAt: number | undefined;
  totalPaintAt: number | undefined;
  readonly painted: PaintedRange[];
  readonly moves: MouseMove[];
}

declare global {
  interface Window {
    benchProbe: ProbeRecord;
  }
}

/** Installs {@link Window.benchProbe}: the end of each frame is the first task after its drawing. */
export const installProbe = (wanted: { readonly app: 'ours' | 'speedscope'; readonly totalWeight: number }): void => {
  const probe: ProbeRecord = {
    chosenAt: undefined,
    firstPaintAt: undefined,
    totalPaintAt: undefined,
    painted: [],
    moves: [],
  };
  window.benchProbe = probe;
  window.addEventListener('change', () => (probe.chosenAt ??= performance.now()), true);
  window.addEventListener(
    'mousemove',
    ({ timeStamp, clientX }) => probe.moves.push({ at: timeStamp, x: clientX }),
    true,
  );
  const read = (): { total: number; range: string } | undefined => {
    if (wanted.app === 'speedscope') {
      const isOpen = document.body.textContent.includes('Time Order') && document.querySelector('canvas') !== null;
      return isOpen ? { total: wanted.totalWeight, range: '' } : undefined;
    }
    const graph = document.querySelector<HTMLElement>('bbp-flame-graph');
    const total = Number(graph?.querySelector<HTMLElement>('[data-total-weight-us]')?.dataset['totalWeightUs'] ?? 0);
    const isDrawn = graph?.querySelector('.canvas svg g.frame, .canvas canvas') !== null;
    return total > 0 && isDrawn ? { total, range: graph?.dataset['rangeUs'] ?? '' } : undefined;
  };
  let lastRange = '';
  const look = (): void => {
    const at = performance.now();
    const seen = read();
    if (seen !== undefined) {
      probe.firstPaintAt ??= at;
      if (seen.total === wanted.totalWeight) probe.totalPaintAt ??= at;
      if (seen.range !== lastRange) {
        lastRange = seen.range;
        const [start, end] = seen.range.split('-').map(Number);
        probe.painted.push({ start: start ?? 0, end: end ?? 0, at });
      }
    }
  };
  const nextFrame = (): void => {
    requestAnimationFrame(() => {
      // Before any other task, so that what it sees is what the frame has drawn.
      void scheduler.postTask(look, { priority: 'user-blocking' }).then(nextFrame);
    });
  };
  nextFrame();
};

export interface DrawnFrame {
  readonly name: string;
  readonly depth: number;
  /** CSS pixels. */
  readonly x: number;
  readonly width: number;
}

/** Frames of the flame graph as they stand on the screen and are told to assistive technology, whatever draws them. */
export const readDrawnFrames = (): DrawnFrame[] =>
  Array.from(document.querySelectorAll<HTMLElement>('bbp-flame-graph [role=treeitem]')).map((frame) => {
    const { x, width } = frame.getBoundingClientRect();
    const { frame: name = '' } = frame.dataset;
    return { name, depth: Number(frame.ariaLevel), x, width };
  });

import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { functionIndex, threadIndex } from '#trace/contract/units.ts';
import { FLAME_ROW_HEIGHT } from './flame-layout.ts';
import { FlameGraphComponent } from './flame-graph.component.ts';

const WIDTH = 1000;

const frame = (name: string, value: number, ...children: FlameNode[]): FlameNode => ({
  kind: 'function',
  name,
  value,
  self: value - children.reduce((sum, child) => sum + child.value, 0),
  functionIndex: functionIndex(0),
  identity: { name, file: `/srv/${name}.py`, firstLine: 1 },
  children,
});
const thread = frame('run', 100, frame('split', 60), frame('poll', 40));
const ROOT: FlameNode = {
  kind: 'root',
  name: 'all',
  value: 100,
  self: 0,
  children: [{ kind: 'thread', name: 'main', value: 100, self: 0, thread: threadIndex(2), children: [thread] }],
};

/** jsdom lays nothing out: this one says the width at once. */
class WidthTeller {
  readonly #tell: ResizeObserverCallback;

  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell;
  }

  observe(): void {
    this.#tell([{ contentRect: { width: WIDTH } } as ResizeObserverEntry], this as unknown as ResizeObserver);
  }

  disconnect(): void {
    // Nothing is held.
  }
}

const show = async (search = '', change: Readonly<Record<string, unknown>> = {}) => {
  const fixture = TestBed.createComponent(FlameGraphComponent);
  const events: string[] = [];
  const inputs = { root: ROOT, weightName: 'CPU time', totalWeight: 100, search, ...change };
  for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
  const component = fixture.componentInstance;
  component.functionSelect.subscribe(({ name }) => events.push(`select ${name}`));
  component.functionFocus.subscribe((identity) => events.push(`focus ${identity?.name ?? 'everything'}`));
  component.threadFocus.subscribe((index) => events.push(`thread ${index}`));
  await fixture.whenStable();
  const page = fixture.nativeElement as HTMLElement;
  const tree = page.querySelector<HTMLElement>('[role=tree]')!;
  const point = (type: string, x: number, row: number) =>
    tree
      .querySelector('svg')!
      .dispatchEvent(new MouseEvent(type, { clientX: x, clientY: (row + 0.5) * FLAME_ROW_HEIGHT, bubbles: true }));
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      tree.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      await fixture.whenStable();
    }
  };
  const active = () =>
    page.querySelector(`#${tree.getAttribute('aria-activedescendant') ?? 'none'}`)?.getAttribute('aria-label');
  return { fixture, page, point, press, active, events };
};

describe('the flame graph', () => {
  beforeEach(() => void vi.stubGlobal('ResizeObserver', WidthTeller));
  afterEach(() => void vi.unstubAllGlobals());

  it('draws a frame for every node, named and with its whole weight beside', async () => {
    const { page } = await show();
    expect([...page.querySelectorAll('g.frame')].map((element) => element.getAttribute('name')).sort()).toEqual([
      'all',
      'main',
      'poll',
      'run',
      'split',
    ]);
    expect(page.querySelector('section')!.getAttribute('data-total-weight-us')).toBe('100');
  });

  it('tells its frames once it is painted, and of a picture that another takes the place of nothing', async () => {
    const { fixture, page } = await show();
    const told = () =>
      [...page.querySelectorAll<HTMLElement>('[role=treeitem]')].map(({ dataset }) => dataset['frame']);
    const isBusy = () => page.querySelector('[role=tree]')!.getAttribute('aria-busy');
    const rootOf = (name: string): FlameNode => ({ ...ROOT, children: [frame(name, 100)] });
    fixture.componentRef.setInput('root', rootOf('first'));
    fixture.detectChanges();
    expect(page.querySelector('g.frame[name=first]')).not.toBeNull();
    expect([told().includes('first'), isBusy()]).toEqual([false, 'true']);
    fixture.componentRef.setInput('root', rootOf('second'));
    fixture.detectChanges();
    await fixture.whenStable();
    expect([told(), isBusy()]).toEqual([['all', 'second'], 'false']);
  });

  it('selects on a click and looks at the frame alone on a double click, without the zoom of the library', async () => {
    const { page, point, events } = await show();
    point('click', 700, 3);
    point('dblclick', 200, 3);
    point('dblclick', 200, 1);
    point('dblclick', 200, 0);
    expect(events).toEqual(['select poll', 'focus split', 'thread 2', 'focus everything']);
    expect(page.querySelectorAll('g.frame')).toHaveLength(5);
    expect(page.querySelectorAll('g.fade')).toHaveLength(0);
  });

  it('says that a function looked at alone has nothing here, and leads back to everything', async () => {
    const focused = { name: 'gone', file: '/srv/app.py', firstLine: 1 };
    const empty = { kind: 'root', name: 'all', value: 0, self: 0, children: [] };
    const { fixture, page, events } = await show('', { focused, root: empty });
    const line = page.querySelector('.focus')!;
    expect(line.textContent).toMatch(/gone \(srv\/app\.py\) has nothing here: none of the CPU time was spent in it\./);
    line.querySelector('button')!.click();
    expect(events).toEqual(['focus everything']);
    fixture.componentRef.setInput('root', ROOT);
    await fixture.whenStable();
    expect(line.textContent).toContain('Only what');
  });

  it('is walked, selected and zoomed with keys, and tells the frame in words', async () => {
    const { press, active, events } = await show();
    await press('ArrowDown', 'ArrowDown', 'ArrowDown');
    expect(active()).toBe('split, 60 % of the CPU time, 60 µs, 60 % itself, 60 µs');
    await press('ArrowRight');
    expect(active()).toContain('poll, 40 %');
    await press(' ', 'Enter');
    expect(events).toEqual(['select poll', 'focus poll']);
  });

  it('tells under the pointer what share of its thread a frame has', async () => {
    const { fixture, page, point } = await show();
    const read = async (row: number): Promise<(string | null)[]> => {
      point('mousemove', 200, row);
      await fixture.whenStable();
      return [...page.querySelectorAll('.tooltip > *')].map(({ textContent }) => textContent);
    };
    expect(await read(3)).toContain('60 % of what main spent');
    // Of itself it would say nothing.
    expect((await read(1)).filter((line) => line?.includes('of what'))).toEqual([]);
  });

  it('gives the frame under the pointer to the clipboard, else the one that keys go to, and none where the page has neither', async () => {
    const { fixture, page, point, press } = await show();
    const copy = async (from: Element) => {
      const data = { text: '', setData: (_: string, text: string) => void (data.text = text) };
      from.dispatchEvent(Object.assign(new Event('copy', { bubbles: true }), { clipboardData: data }));
      await fixture.whenStable();
      return data.text;
    };
    document.body.append(page);
    const tree = page.querySelector('[role=tree]')!;
    const told = () => page.querySelector('[data-copied]')!.textContent;
    await press('ArrowDown', 'ArrowDown');
    expect(await copy(document.body)).toBe('');
    expect(await copy(tree)).toBe(
      'run\n/srv/run.py:1\n100 % of the CPU time, 100 µs\n0 % itself, 0 s\n100 % of what main spent\ntotal 0.000100 s, itself 0.000000 s',
    );
    expect(told()).toBe('Copied');
    point('mousemove', 700, 3);
    await fixture.whenStable();
    expect(told()).toBe('');
    expect(await copy(document.body)).toMatch(/^poll\n/);
    expect(await copy(page.querySelector('input')!)).toBe('');
    page.remove();
  });

  it('marks what a search finds, dims the rest and says how much it is', async () => {
    const { page } = await show('SPLIT');
    expect([...page.querySelectorAll('g.bbp-match')].map((element) => element.getAttribute('name'))).toEqual(['split']);
    expect(page.querySelectorAll('g.bbp-dimmed')).toHaveLength(4);
    expect(page.querySelector('[role=status]')!.textContent).toBe('1 frame, 60 % of what is shown');
  });

  it('draws a chain as one frame that tells what is in it, is found by each of its functions, and stands for the last of them', async () => {
    const links = Array.from({ length: 20 }, (_, index) => `f${index}`);
    const [chain] = links.reduceRight<FlameNode[]>((below, name) => [frame(name, 100, ...below)], []);
    const root: FlameNode = { kind: 'root', name: 'all', value: 100, self: 0, children: [chain!] };
    const { fixture, page, point, press, active, events } = await show('F7', { root, hasFoldedChains: true });
    expect(page.querySelector('g.bbp-match')!.getAttribute('name')).toBe('f0 › … › f19 (20 frames)');
    point('mousemove', 200, 1);
    await fixture.whenStable();
    const lines = [...page.querySelectorAll('.tooltip .file')].map(({ textContent }) => textContent);
    expect(lines).toHaveLength(17);
    expect([lines[0], lines[8], lines[16]]).toEqual(['f0 (srv/f0.py:1)', '… 4 more …', 'f19 (srv/f19.py:1)']);
    await press('ArrowDown', ' ', 'Enter');
    expect(active()).toMatch(/^20 frames as one, f0 to f19, 100 % of the CPU time/);
    expect(events).toEqual(['select f19', 'focus f0']);
    fixture.componentRef.setInput('hasFoldedChains', false);
    await fixture.whenStable();
    expect(active()).toMatch(/^f19, /);
  });

  it('takes new data without losing its labels', async () => {
    const { fixture, page } = await show();
    fixture.componentRef.setInput('root', { ...ROOT, children: [frame('other', 100)] });
    await fixture.whenStable();
    expect([...page.querySelectorAll('.d3-flame-graph-label')].map(({ textContent }) => textContent)).toEqual([
      'all',
      'other',
    ]);
  });
});

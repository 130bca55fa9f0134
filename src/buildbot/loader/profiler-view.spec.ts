import { afterEach, describe, expect, it } from 'vitest';
import type { BuildbotHost } from './buildbot-host.ts';
import { buildProfilerView } from './profiler-view.ts';

afterEach(() => void (location.hash = ''));

/** Draws the view once with its element loaded, by as little of React as it takes. */
const drawView = (route: { pathname: string; search: string }) => {
  const element = document.createElement('div');
  const gone: unknown[] = [];
  const host = {
    React: {
      createElement: (type: unknown, props: unknown) => ({ type, props }),
      useEffect: () => undefined,
      useLayoutEffect: (effect: () => unknown) => void effect(),
      useRef: (initial: unknown) => ({ current: initial ?? element }),
      useState: (initial: unknown) => [initial === 'loading' ? 'ready' : initial, () => undefined],
    },
    ReactRouterDOM: {
      useHref: (to: string) => `#${to}`,
      useLocation: () => route,
      useNavigate: () => (to: string, options: unknown) => void gone.push([to, options]),
    },
  } as unknown as BuildbotHost;
  const view = buildProfilerView(host, { loadElement: () => Promise.resolve(), baseUrl: 'http://master/p/' });
  const drawn = view() as { type: string; props: Record<string, unknown> };
  const ask = (place: string, isReplacement = false): boolean =>
    element.dispatchEvent(new CustomEvent('bbp-navigate', { detail: { location: place, isReplacement } }));
  return { ask, drawn, gone };
};

describe('the view for the host', () => {
  it('hands the element what is below the route, and where things are', () => {
    const { drawn } = drawView({ pathname: '/profiler/recordings', search: '?a=%20b' });
    expect(drawn.type).toBe('bbp-profiler');
    expect(drawn.props).toMatchObject({
      location: '/recordings?a=%20b',
      'base-url': 'http://master/p/',
      'href-root': '#/profiler',
    });
  });

  it('goes where the element asks to go', () => {
    location.hash = '#/profiler?a=1';
    const { ask, gone } = drawView({ pathname: '/profiler', search: '?a=1' });
    ask('/recordings');
    ask('?a=2', true);
    expect(gone).toEqual([
      ['/profiler/recordings', { replace: false }],
      ['/profiler?a=2', { replace: true }],
    ]);
  });

  it.each(['#/about', '#/profilers', ''])('does not come back from %j, where the host already is', (hash) => {
    location.hash = hash;
    const { ask, gone } = drawView({ pathname: '/profiler', search: '' });
    ask('?range=1-2');
    expect(gone).toEqual([]);
  });
});

import type { BuildbotHost } from './buildbot-host.ts';

export const PROFILER_ROUTE = '/profiler';

const TAG = 'bbp-profiler';
const NAVIGATE_EVENT = 'bbp-navigate';
/** One and the same list for all times: the host sets the bar anew for each new one. */
const TOPBAR_ITEMS = [{ caption: 'Profiler', route: PROFILER_ROUTE }];

export interface ProfilerViewOptions {
  /** Resolves when the element is defined; rejects where its files cannot be loaded. May be called again. */
  readonly loadElement: () => Promise<unknown>;
  /** Where the plugin is served, ending in a slash. */
  readonly baseUrl: string;
}

/** Whether the page's address is that of the host's route or below it. */
const isAt = (hrefRoot: string): boolean => {
  const { href } = new URL(hrefRoot, location.href);
  return location.href.startsWith(href) && /^([/?]|$)/.test(location.href.slice(href.length));
};

type LoadState = 'loading' | 'ready' | 'failed';

/** The view of the route, for React: the element, once it is there. Hands it the location, and goes where it asks to go. */
export const buildProfilerView = (
  { React, ReactRouterDOM, BuildbotUi }: BuildbotHost,
  { loadElement, baseUrl }: ProfilerViewOptions,
): (() => unknown) => {
  const { createElement } = React;
  const useTopbarItems = BuildbotUi?.useTopbarItems ?? (() => undefined);

  return function ProfilerView() {
    useTopbarItems(TOPBAR_ITEMS);
    const { pathname, search } = ReactRouterDOM.useLocation();
    const hrefRoot = ReactRouterDOM.useHref(PROFILER_ROUTE);
    const goNow = ReactRouterDOM.useNavigate();
    // The host makes a new function for every location; the listener is to live longer.
    const navigate = React.useRef(goNow);
    navigate.current = goNow;
    const element = React.useRef<EventTarget | null>(null);
    const [loadState, setLoadState] = React.useState<LoadState>('loading');
    const [attempt, setAttempt] = React.useState(1);

    React.useEffect(() => {
      let isGone = false;
      const settle = (state: LoadState) => () => void (isGone || setLoadState(state));
      setLoadState('loading');
      loadElement().then(settle('ready'), settle('failed'));
      return () => void (isGone = true);
    }, [attempt]);

    // Before the browser paints, and so before the element has anything to say.
    React.useLayoutEffect(() => {
      const target = element.current;
      if (target === null) return undefined;
      const go = (event: Event): void => {
        // On its way to another view, the host may not have drawn it yet: then it is not asked back.
        if (!isAt(hrefRoot)) return;
        const { location, isReplacement } = (event as CustomEvent<{ location: string; isReplacement: boolean }>).detail;
        navigate.current(PROFILER_ROUTE + location, { replace: isReplacement });
      };
      target.addEventListener(NAVIGATE_EVENT, go);
      return () => target.removeEventListener(NAVIGATE_EVENT, go);
    }, [loadState, hrefRoot]);

    switch (loadState) {
      case 'loading':
        return createElement('p', { className: 'container', role: 'status' }, 'Loading the profiler.');
      case 'failed':
        return createElement(
          'p',
          { className: 'container', role: 'alert' },
          'The profiler could not be loaded. Check that the master still answers. ',
          createElement('button', { type: 'button', onClick: () => setAttempt(attempt + 1) }, 'Try again'),
        );
      case 'ready':
        return createElement(TAG, {
          ref: element,
          location: pathname.slice(PROFILER_ROUTE.length) + search,
          'base-url': baseUrl,
          'href-root': hrefRoot,
        });
    }
  };
};

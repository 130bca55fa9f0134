import type { BuildbotHost, HostReact, RegistrationCallbacks } from './buildbot-host.ts';
import { buildProfilerView, type ProfilerViewOptions, PROFILER_ROUTE } from './profiler-view.ts';

const MENU_GROUP = 'debug';
const MENU_ENTRY = 'profiler';
/** After the group of builds (10), before About and Settings (99). */
const MENU_GROUP_ORDER = 90;

/** Puts the profiler into the host's menu and routes. The host takes it whenever it is ready, be that before or after. */
export const registerProfiler = (host: BuildbotHost, options: ProfilerViewOptions): void => {
  const view = buildProfilerView(host, options);
  host.BuildbotPluginSupport.buildbotSetupPlugin((callbacks) => {
    registerMenu(callbacks, host.React);
    callbacks.registerRoute({
      // With a star, so that what is below it is ours too.
      route: `${PROFILER_ROUTE}/*`,
      group: MENU_ENTRY,
      element: () => host.React.createElement(view),
    });
  });
};

const registerMenu = ({ registerMenuGroup }: RegistrationCallbacks, react: HostReact): void => {
  const entry = {
    name: MENU_ENTRY,
    parentName: MENU_GROUP,
    caption: 'Profiler',
    route: PROFILER_ROUTE,
    order: null,
  };
  // The host throws where there is no such group. To register one that is there would take away what others put into it.
  try {
    registerMenuGroup(entry);
  } catch {
    registerMenuGroup({
      name: MENU_GROUP,
      parentName: null,
      caption: 'Debug',
      icon: drawIcon(react),
      route: null,
      order: MENU_GROUP_ORDER,
    });
    registerMenuGroup(entry);
  }
};

/** A flame graph in small, as large as the host's own icons: as the letters beside it. */
const drawIcon = ({ createElement }: HostReact): unknown =>
  createElement(
    'svg',
    { viewBox: '0 0 16 16', width: '1em', height: '1em', fill: 'currentColor', 'aria-hidden': true },
    createElement('path', { d: 'M1 2h14v3H1zM1 6.5h9v3H1zM11 6.5h4v3h-4zM1 11h5v3H1zM7 11h2v3H7z' }),
  );

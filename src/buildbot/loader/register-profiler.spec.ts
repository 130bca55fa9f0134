import { describe, expect, it } from 'vitest';
import { type BuildbotHost, findHost, type MenuGroup, type RegistrationCallbacks } from './buildbot-host.ts';
import { registerProfiler } from './register-profiler.ts';

/** A host that has these groups already, and calls back at once as one that is ready does. */
const startHost = (groups: readonly string[] = []) => {
  const menu: MenuGroup[] = [];
  const routes: string[] = [];
  const callbacks: RegistrationCallbacks = {
    registerMenuGroup: (group) => {
      const known = [...groups, ...menu.map(({ name }) => name)];
      if (group.parentName !== null && !known.includes(group.parentName)) throw new Error('no such group');
      menu.push(group);
    },
    registerRoute: ({ route }) => void routes.push(route),
  };
  const host = {
    BuildbotPluginSupport: {
      buildbotSetupPlugin: (setUp: (callbacks: RegistrationCallbacks) => void) => setUp(callbacks),
    },
    React: { createElement: (type: unknown) => ({ type }) },
    ReactRouterDOM: {},
  } as unknown as BuildbotHost;
  return { host, menu, routes };
};

const OPTIONS = { loadElement: () => Promise.resolve(), baseUrl: 'http://master/plugins/profiler/' };

describe('the profiler in the menu', () => {
  it('is below a group of its own, with everything below its route', () => {
    const { host, menu, routes } = startHost();
    registerProfiler(host, OPTIONS);
    expect(menu.map(({ name, parentName, route }) => [name, parentName, route])).toEqual([
      ['debug', null, null],
      ['profiler', 'debug', '/profiler'],
    ]);
    expect(routes).toEqual(['/profiler/*']);
  });

  it('joins a group of that name that another plugin has made', () => {
    const { host, menu } = startHost(['debug']);
    registerProfiler(host, OPTIONS);
    expect(menu.map(({ name }) => name)).toEqual(['profiler']);
  });
});

describe('a page without the names of the React UI', () => {
  it('is no host', () => {
    expect(findHost({})).toBeUndefined();
    const { BuildbotPluginSupport, React } = startHost().host;
    expect(findHost({ BuildbotPluginSupport, React })).toBeUndefined();
    expect(findHost({ ...startHost().host })).toBeDefined();
  });
});

/**
 * `scripts.js`, which Buildbot loads with every page once the plugin is configured: as a classic script, and never from a cache. So it is
 * small, does at once what cannot wait (menu and route), and leaves the rest to the first visit.
 */
import { findHost } from './buildbot-host.ts';
import { importElement, PLUGIN_URL } from './import-element.ts';
import { registerProfiler } from './register-profiler.ts';

const register = (): boolean => {
  const host = findHost(window as never);
  if (host !== undefined) registerProfiler(host, { loadElement: importElement, baseUrl: PLUGIN_URL });
  return host !== undefined;
};

// The host's module sets up its global names before the document counts as loaded. A page that has none by then is another UI: left alone.
if (!register() && document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', register, { once: true });
}

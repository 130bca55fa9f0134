/**
 * `scripts.js`, which Buildbot loads with every page once the plugin is configured: as a classic script, and never from a cache. So it is
 * small, does at once what cannot wait (menu and route), and leaves the rest to the first visit.
 */
import { findHost } from './buildbot-host.ts';
import { registerProfiler } from './register-profiler.ts';

/** Name of the element's module, which changes with its content: put in by the build. */
declare const BBP_ENTRY: string;

// Only a classic script has it, and only while it runs. All addresses follow from it: those of the page say nothing of the plugin's place.
const { src } = document.currentScript as HTMLScriptElement;
const baseUrl = new URL('.', src).href;

let failures = 0;
let loading: Promise<unknown> | undefined;
const loadElement = (): Promise<unknown> => (loading ??= importElement());

const importElement = async (): Promise<unknown> => {
  const { href } = new URL(BBP_ENTRY, baseUrl);
  // A browser remembers that a module could not be loaded. Under another address it is another.
  try {
    return await import(failures === 0 ? href : `${href}?attempt=${failures + 1}`);
  } catch (error: unknown) {
    failures++;
    loading = undefined;
    throw error;
  }
};

const register = (): boolean => {
  const host = findHost(window as never);
  if (host !== undefined) registerProfiler(host, { loadElement, baseUrl });
  return host !== undefined;
};

// The host's module sets up its global names before the document counts as loaded. A page that has none by then is another UI: left alone.
if (!register() && document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', register, { once: true });
}

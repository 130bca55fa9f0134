/**
 * `page.js`: the plugin's own page, where the master's web UI is older than the React one. The same element, with a host that is no more than
 * this: its location is what stands behind the #.
 */
import { importElement, PLUGIN_URL } from './import-element.ts';

const element = document.createElement('bbp-profiler');
const showLocation = (): void => element.setAttribute('location', location.hash.slice(1));

element.setAttribute('base-url', PLUGIN_URL);
element.setAttribute('href-root', '#');
showLocation();
element.addEventListener('bbp-navigate', (event) => {
  const { detail } = event as CustomEvent<{ location: string; isReplacement: boolean }>;
  const url = `#${detail.location}`;
  if (detail.isReplacement) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  showLocation();
});
window.addEventListener('popstate', showLocation);

importElement().then(
  () => document.body.append(element),
  () =>
    document.body.append(
      'The profiler could not be loaded. Check that the master still answers, then reload the page.',
    ),
);

import { ProfilerElement } from './profiler-element.ts';

const TAG = 'bbp-profiler';

// A name can be taken only once; the module is run once, but a page may have two copies of it (an old one from a cache).
if (customElements.get(TAG) === undefined) customElements.define(TAG, ProfilerElement);

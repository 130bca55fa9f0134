import { interpolateTransformSvg } from 'd3';
import { ProfilerElement } from './profiler-element.ts';

const TAG = 'bbp-profiler';

// A name can be taken only once; the module is run once, but a page may have two copies of it (an old one from a cache).
if (customElements.get(TAG) === undefined) customElements.define(TAG, ProfilerElement);

// d3 makes an element when it first moves something, and keeps it. Made now, what visits leave behind is the same after the first as after the last.
interpolateTransformSvg('', '');

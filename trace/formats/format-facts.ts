import type { ExportFormat } from '../contract/api.ts';

/** Parts of a trace that not every format holds. Names and files of functions, and one weight of each stack, all of them hold. */
export const TRACE_PARTS = [
  'moments',
  'threads',
  'lines',
  'first lines',
  'all weights',
  'idle stacks',
  'builds and steps',
  'memory and CPU',
  'states, GIL, dispatches, losses',
] as const;
export type TracePart = (typeof TRACE_PARTS)[number];

/** What is left of a trace in a file of each format. docs/formats.md has the same as a table; a test compares the two. */
export const HELD_PARTS: Readonly<Record<ExportFormat, readonly TracePart[]>> = {
  bbprof: TRACE_PARTS,
  html: TRACE_PARTS,
  collapsed: ['threads', 'lines'],
  speedscope: ['moments', 'threads', 'first lines'],
  pprof: ['threads', 'lines', 'first lines', 'all weights'],
  firefox: ['moments', 'threads', 'lines', 'first lines', 'idle stacks', 'builds and steps', 'memory and CPU'],
  cpuprofile: ['moments', 'first lines'],
};

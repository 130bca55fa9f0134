import type { TraceEvent } from '../contract/trace-lines.ts';
import type { TraceModel } from '../model/trace-model.ts';
import type { FirefoxTables } from './firefox-tables.ts';

const MICROSECONDS_PER_MILLISECOND = 1000;
/** `MarkerPhase` of Firefox. */
const INSTANT = 0;
const INTERVAL = 1;
const INTERVAL_START = 2;

const field = (key: string, format: string): object => ({ key, label: key, format });
const DISPLAY = ['marker-chart', 'marker-table', 'timeline-overview'];

/** What the fields of our markers mean, as the profile has to say. */
export const FIREFOX_MARKER_SCHEMA: readonly object[] = [
  {
    name: 'build',
    tableLabel: '{marker.data.builder} #{marker.data.number}',
    chartLabel: '{marker.data.builder} #{marker.data.number}',
    display: DISPLAY,
    fields: [
      field('builder', 'string'),
      field('number', 'integer'),
      field('worker', 'string'),
      field('result', 'string'),
    ],
  },
  {
    name: 'step',
    tableLabel: '{marker.data.step}',
    chartLabel: '{marker.data.step}',
    display: DISPLAY,
    fields: [field('step', 'string'), field('buildId', 'integer'), field('result', 'string')],
  },
  { name: 'suspension', display: DISPLAY, fields: [] },
  { name: 'note', tableLabel: '{marker.data.text}', display: DISPLAY, fields: [field('text', 'string')] },
];

interface MarkerColumns {
  readonly length: number;
  readonly data: object[];
  readonly name: number[];
  readonly startTime: number[];
  readonly endTime: (number | null)[];
  readonly phase: number[];
  readonly category: number[];
}

/** @param model absent for a thread without markers */
export const describeMarkers = (model: TraceModel | undefined, tables: FirefoxTables): MarkerColumns => {
  const events = model?.events ?? [];
  const inMilliseconds = (time: number): number => Math.max(0, time) / MICROSECONDS_PER_MILLISECOND;
  return {
    length: events.length,
    data: events.map(describeEvent),
    name: events.map(({ kind }) => tables.string(kind)),
    startTime: events.map(({ start }) => inMilliseconds(start)),
    endTime: events.map(({ end }) => (end === undefined ? null : inMilliseconds(end))),
    phase: events.map(({ kind, end }) => (end !== undefined ? INTERVAL : kind === 'note' ? INSTANT : INTERVAL_START)),
    category: events.map(() => 0),
  };
};

const describeEvent = (event: TraceEvent): object => {
  switch (event.kind) {
    case 'build': {
      const { builder, number, worker, result } = event;
      return { type: 'build', builder, number, worker, ...(result === undefined ? {} : { result }) };
    }
    case 'step': {
      const { name, buildId, result } = event;
      return { type: 'step', step: name, buildId, ...(result === undefined ? {} : { result }) };
    }
    case 'suspension':
      return { type: 'suspension' };
    case 'note':
      return { type: 'note', text: event.text };
  }
};

/** Firefox's counters are changes since the sample before. */
export const describeCounters = (model: TraceModel, mainThreadIndex: number): object[] => {
  const column = (name: 'targetResident' | 'targetUserCpu' | 'targetSystemCpu') => model.counters.column(name).values;
  const resident = column('targetResident');
  const user = column('targetUserCpu');
  const system = column('targetSystemCpu');
  const counter = (name: string, category: string, description: string, values: ArrayLike<number>, base: number) => ({
    name,
    category,
    description,
    pid: String(model.header?.target.pid ?? 0),
    mainThreadIndex,
    samples: tellChanges(model, values, base),
  });
  const cpu = Float64Array.from({ length: model.counters.count }, (_, row) => user[row]! + system[row]!);
  const counters = [
    counter('malloc', 'Memory', 'Resident memory of the process', resident, 0),
    counter('processCPU', 'CPU', 'CPU time of the process', cpu, cpu.find((value) => !Number.isNaN(value)) ?? 0),
  ];
  return counters.filter(({ samples }) => samples.length > 0);
};

const tellChanges = (
  model: TraceModel,
  totals: ArrayLike<number>,
  base: number,
): { time: number[]; count: number[]; length: number } => {
  const time: number[] = [];
  const count: number[] = [];
  let last = base;
  for (let row = 0; row < model.counters.count; row++) {
    const total = totals[row]!;
    if (!Number.isNaN(total)) {
      time.push(model.counters.times.values[row]! / MICROSECONDS_PER_MILLISECOND);
      count.push(total - last);
      last = total;
    }
  }
  return { time, count, length: time.length };
};

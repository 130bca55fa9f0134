import type { CounterField } from '../contract/decode-chunk.ts';
import { MICROSECONDS_PER_SECOND } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import type { StepSeries } from './time-bins.ts';

interface Step {
  readonly percent: number;
  readonly absolute: number;
}

/** A step from each counter row to the next; rows between which `measure` gives nothing leave a gap. */
const buildSteps = (
  { counters }: TraceModel,
  measure: (row: number, previous: number, elapsed: number) => Step,
): StepSeries => {
  const capacity = Math.max(0, counters.count - 1);
  const columns = Array.from({ length: 4 }, () => new Float64Array(capacity)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [starts, ends, percent, absolute] = columns;
  const times = counters.times.values;
  let length = 0;
  let previous = 0;
  for (let row = 1; row < counters.count; row++) {
    const elapsed = times[row]! - times[previous]!;
    if (elapsed <= 0) {
      continue;
    }
    const step = measure(row, previous, elapsed);
    if (Number.isFinite(step.percent) && step.percent >= 0) {
      starts[length] = times[previous]!;
      ends[length] = times[row]!;
      percent[length] = step.percent;
      absolute[length] = step.absolute;
      length++;
    }
    previous = row;
  }
  return { starts, ends, percent, absolute, length };
};

/** CPU time used, from the differences of its totals: percent of one core, absolute in microseconds a second. */
export const buildCpuSteps = (model: TraceModel, fields: readonly CounterField[]): StepSeries => {
  const totals = fields.map((field) => model.counters.column(field).values);
  return buildSteps(model, (row, previous, elapsed) => {
    const used = totals.reduce((sum, total) => sum + total[row]! - total[previous]!, 0);
    return { percent: (used / elapsed) * 100, absolute: (used / elapsed) * MICROSECONDS_PER_SECOND };
  });
};

/** The machine's busy CPUs: percent of all of them, absolute in CPU microseconds a second. */
export const buildMachineCpuSteps = (model: TraceModel): StepSeries => {
  const busy = model.counters.column('machineBusyCpu').values;
  const whole = model.counters.column('machineTotalCpu').values;
  return buildSteps(model, (row, previous, elapsed) => {
    const used = busy[row]! - busy[previous]!;
    return {
      percent: (used / (whole[row]! - whole[previous]!)) * 100,
      absolute: (used / elapsed) * MICROSECONDS_PER_SECOND,
    };
  });
};

/** A share of time: absolute in microseconds a second. */
export const buildShareSteps = (model: TraceModel, field: CounterField): StepSeries => {
  const shares = model.counters.column(field).values;
  return buildSteps(model, (row) => ({
    percent: shares[row]! * 100,
    absolute: shares[row]! * MICROSECONDS_PER_SECOND,
  }));
};

/** An amount of memory: percent of the machine's, absolute in bytes. */
export const buildMemorySteps = (model: TraceModel, field: CounterField): StepSeries => {
  const used = model.counters.column(field).values;
  const whole = model.counters.column('machineMemoryTotal').values;
  return buildSteps(model, (row) => ({ percent: (used[row]! / whole[row]!) * 100, absolute: used[row]! }));
};

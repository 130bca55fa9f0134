import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryTrace } from '../testing/arbitrary-trace.ts';
import { emptyChunk, testHeader, traceFromText } from '../testing/trace-from-text.ts';
import { decodeLine, encodeLine } from './codec.ts';
import { ProfilerError } from './errors.ts';
import {
  MAX_ARGUMENTS,
  MAX_COUNTERS_PER_CHUNK,
  MAX_EVENTS_PER_CHUNK,
  MAX_ROWS_PER_CHUNK,
  MAX_STRING_LENGTH,
  MAX_THREADS,
  MAX_TICKS_PER_CHUNK,
} from './trace-limits.ts';

const errorOf = (text: string): ProfilerError => {
  try {
    decodeLine(text);
  } catch (error) {
    if (error instanceof ProfilerError) {
      return error;
    }
    throw error;
  }
  throw new Error('The line was taken');
};

const refusalOf = (line: unknown): string => {
  const { code, message } = errorOf(JSON.stringify(line));
  expect(code).toBe('bad-trace');
  return message;
};

const chunk = emptyChunk(0);
const runs = { thread: 0, cpu: 0, ticks: [1], stacks: [-1], states: [1], gil: [0] };

describe('a line', () => {
  it('is the same after encoding and decoding', () => {
    fc.assert(
      fc.property(arbitraryTrace(), (lines) => {
        expect(lines.map((line) => decodeLine(encodeLine(line)))).toEqual(lines);
      }),
    );
  });

  it('is encoded without a newline, whatever is in its strings', () => {
    const line = { ...chunk, strings: ['one\ntwo', 'three\r\n', '\ud800'] };
    expect(encodeLine(line)).not.toMatch(/[\r\n]/);
    expect(decodeLine(encodeLine(line))).toEqual(line);
  });

  it('is read without the fields that a newer program added', () => {
    const [header, drawn] = traceFromText('main\n  1 running f') as [object, { runs: object[]; losses: object }];
    const newer = {
      ...drawn,
      added: { anything: [1] },
      runs: drawn.runs.map((row) => ({ ...row, added: 1 })),
      losses: { ...drawn.losses, added: 1 },
    };
    expect(decodeLine(JSON.stringify({ ...header, added: true }))).toEqual(header);
    expect(decodeLine(JSON.stringify(newer))).toEqual(drawn);
  });

  it('may leave out what is optional', () => {
    const end = { kind: 'end', at: 1.5, reason: 'stopped' };
    expect(decodeLine(JSON.stringify(end))).toEqual(end);
    const counted = { ...chunk, counters: [{ at: 5 }], events: [{ kind: 'note', text: 'n', start: -1 }] };
    expect(decodeLine(JSON.stringify(counted))).toEqual(counted);
  });
});

describe('a line is refused', () => {
  it('when it is no JSON text, no object or of no known kind', () => {
    expect(errorOf('{"kind":"chunk"').message).toBe('The line is not JSON text');
    expect(refusalOf([1])).toBe('The line is not a JSON object');
    expect(refusalOf(null)).toBe('The line is not a JSON object');
    expect(refusalOf({ kind: 'footer' })).toBe('The line is neither a header, a chunk nor an end');
  });

  it('when it is a header of another format, or of a version that is none', () => {
    expect(refusalOf({ ...testHeader(), format: 'speedscope' })).toBe('The trace is not of the format bbprof');
    for (const version of [0, -1, 1.5, '1', null]) {
      expect(refusalOf({ ...testHeader(), version })).toBe('header.version is not a whole number from 1');
    }
  });

  it('as unsupported when its version is newer, naming it', () => {
    const error = errorOf(JSON.stringify({ ...testHeader(), version: 7 }));
    expect(error.code).toBe('unsupported-trace');
    expect(error.message).toBe('The trace is of version 7; this program reads up to version 1');
    expect(error.fields).toEqual({ version: 7, newest: 1 });
  });

  it.each([
    [{ ...testHeader(), mode: 'imaginary' }, 'header.mode is not one of real, virtual, prof'],
    [{ ...testHeader(), frequencyHz: 0 }, 'header.frequencyHz is not a number from 0.001 to 1000000'],
    [{ ...testHeader(), target: null }, 'header.target is not an object'],
    [{ ...testHeader(), clock: { startedAt: '1', monotonic: 0 } }, 'header.clock.startedAt is not a number from 0'],
    [{ ...chunk, sequence: -1 }, 'chunk.sequence is not a whole number from 0'],
    [{ ...chunk, strings: [1] }, 'chunk.strings[0] is not a string'],
    [{ ...chunk, functions: [] }, 'chunk.functions is not an object'],
    [{ ...chunk, functions: { ...chunk.functions, firstLines: [2 ** 31] } }, 'chunk.functions.firstLines[0] is not'],
    [{ ...chunk, stacks: { parents: [-2], frames: [0] } }, 'chunk.stacks.parents[0] is not a whole number from -1'],
    [{ ...chunk, ticks: [-1] }, 'chunk.ticks[0] is not a number from 0'],
    [{ ...chunk, ticks: [1, null] }, 'chunk.ticks[1] is not a number from 0'],
    [{ ...chunk, ticks: { length: 1 } }, 'chunk.ticks is not an array'],
    [{ ...chunk, runs: [{ ...runs, states: [7] }] }, 'chunk.runs[0].states[0] is not a whole number from 0 to 6'],
    [{ ...chunk, runs: [{ ...runs, gil: [4] }] }, 'chunk.runs[0].gil[0] is not a whole number from 0 to 3'],
    [{ ...chunk, runs: [{ ...runs, ticks: [0] }] }, 'chunk.runs[0].ticks[0] is not a whole number from 1'],
    [{ ...chunk, runs: [{ ...runs, ticks: [1.5] }] }, 'chunk.runs[0].ticks[0] is not a whole number from 1'],
    [{ ...chunk, runs: [{ ...runs, cpu: -1 }] }, 'chunk.runs[0].cpu is not a number from 0'],
    [{ ...chunk, threads: [{ thread: 0, nativeId: 1, name: 'x', isMain: 1 }] }, 'chunk.threads[0].isNameTruncated is'],
    [{ ...chunk, counters: [{ at: 1, targetResident: 'much' }] }, 'chunk.counters[0].targetResident is not a number'],
    [
      { ...chunk, events: [{ kind: 'party', start: 0 }] },
      'chunk.events[0].kind is not one of build, step, suspension, note',
    ],
    [{ ...chunk, losses: { ...chunk.losses, ticksLate: 0.5 } }, 'chunk.losses.ticksLate is not a whole number'],
    [{ kind: 'end', at: 1, reason: 'bored' }, 'end.reason is not one of stopped, period-over'],
    [{ kind: 'end', at: 1, reason: 'stopped', message: 5 }, 'end.message is not a string'],
  ])('when a field is wrong, naming it: %#', (line, message) => {
    expect(refusalOf(line)).toContain(message);
  });

  it('when a number is too large to be finite', () => {
    expect(errorOf(`{"kind":"end","at":1e999,"reason":"stopped"}`).message).toContain('end.at is not a number');
  });

  const many = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);
  const thread = { thread: 0, nativeId: 1, name: 'x', isNameTruncated: false, isMain: true };

  it.each([
    ['MAX_STRING_LENGTH', { ...chunk, strings: ['x'.repeat(MAX_STRING_LENGTH + 1)] }],
    ['MAX_STRING_LENGTH', { ...testHeader(), recordingId: 'x'.repeat(MAX_STRING_LENGTH + 1) }],
    [
      'MAX_ARGUMENTS',
      { ...testHeader(), target: { ...testHeader().target, commandLine: many(MAX_ARGUMENTS + 1, '') } },
    ],
    ['MAX_ROWS_PER_CHUNK', { ...chunk, strings: many(MAX_ROWS_PER_CHUNK + 1, '') }],
    ['MAX_ROWS_PER_CHUNK', { ...chunk, stacks: { parents: many(MAX_ROWS_PER_CHUNK + 1, -1), frames: [] } }],
    ['MAX_TICKS_PER_CHUNK', { ...chunk, ticks: many(MAX_TICKS_PER_CHUNK + 1, 1) }],
    ['MAX_TICKS_PER_CHUNK', { ...chunk, runs: [{ ...runs, stacks: many(MAX_TICKS_PER_CHUNK + 1, -1) }] }],
    ['MAX_THREADS', { ...chunk, threads: many(MAX_THREADS + 1, thread) }],
    ['MAX_THREADS', { ...chunk, runs: many(MAX_THREADS + 1, {}) }],
    ['MAX_COUNTERS_PER_CHUNK', { ...chunk, counters: many(MAX_COUNTERS_PER_CHUNK + 1, { at: 0 }) }],
    ['MAX_EVENTS_PER_CHUNK', { ...chunk, events: many(MAX_EVENTS_PER_CHUNK + 1, {}) }],
  ])('when it holds more than %s (%#)', (_, line) => {
    expect(refusalOf(line)).toMatch(/ is not (a string of )?at most \d+ (characters|long)/);
  });

  it('when it nests deeper than a parser by recursion could follow', () => {
    const deep = `{"kind":"chunk","sequence":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(errorOf(deep).code).toBe('bad-trace');
  });
});

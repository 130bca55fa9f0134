import { expect, it } from 'vitest';
import { bytes, microseconds } from '#trace/contract/units.ts';
import { emptyChunk, testHeader } from '#trace/testing/trace-from-text.ts';
import { NO_TRACE, type TraceSource, type TraceSummary } from '../shared/trace-state.ts';
import { describeSource } from './describe-source.ts';

const describeWith = (losses: object, source: TraceSource = { kind: 'file', name: 'night.bbprof.gz' }, name = '') =>
  describeSource(
    source,
    {
      ...NO_TRACE,
      phase: 'complete',
      summary: {
        header: testHeader(),
        duration: microseconds(2_000_000),
        memory: bytes(3 * 1024 * 1024),
        losses: { ...emptyChunk(0).losses, ...losses },
      } as TraceSummary,
    },
    name,
  );

it('tells of every recording that is shown what it lost', () => {
  const text = describeWith({ ticksAsked: 200, ticksTaken: 190, stacksTorn: 2, stacksUnreadable: 1 });
  expect(text).toMatchObject({ name: 'night.bbprof.gz', losses: '5.0 % lost, 3 stacks unread' });
  expect(text?.lossDetails).toContain('190 samples taken of 200 due');
});

it('tells what the recording takes in memory', () => {
  expect(describeWith({})?.details).toMatch(/3(\.0)? MiB in memory$/);
});

it('tells nothing of losses that nobody counted, as in files of the original plugin', () => {
  expect(describeWith({})).toMatchObject({ losses: '', lossDetails: '' });
});

it('calls a recording by the name it was given, or by its id', () => {
  const recording = { kind: 'recording', id: 'file-1' } as const;
  expect(describeWith({}, recording, 'before the move')?.name).toBe('before the move');
  expect(describeWith({}, recording)?.name).toBe('file-1');
});

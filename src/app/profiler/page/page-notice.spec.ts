import { describe, expect, it } from 'vitest';
import type { ServerStatus } from '#trace/contract/api.ts';
import type { Weight } from '#trace/analysis/selection.ts';
import type { LossCounts } from '#trace/contract/trace-lines.ts';
import { microseconds } from '#trace/contract/units.ts';
import { emptyChunk } from '#trace/testing/trace-from-text.ts';
import { NO_TRACE, type TraceState, type TraceSummary } from '../shared/trace-state.ts';
import { describeSituation, type PageSituation } from './page-notice.ts';

const RECORDER: ServerStatus = { version: '1', canRecord: true };
const SUMMARY = { endReason: 'stopped', endMessage: undefined, losses: emptyChunk(0).losses } as TraceSummary;
const stats = (totalWeight: number) => ({
  start: microseconds(0),
  end: microseconds(1),
  tickCount: 1,
  totalWeight,
});
const trace = (change: Partial<TraceState>): TraceState => ({ ...NO_TRACE, summary: SUMMARY, ...change });

const SITUATION: PageSituation = {
  status: RECORDER,
  serverFailure: undefined,
  actionFailure: undefined,
  source: { kind: 'recording', id: 'r1' },
  trace: trace({ phase: 'complete' }),
  analysisFailure: undefined,
  stats: stats(5),
  hasRange: false,
  weight: 'wall',
};

const idsOf = (change: Partial<PageSituation>) => describeSituation({ ...SITUATION, ...change }).map(({ id }) => id);

describe('what the page says', () => {
  it('is nothing where there is something to look at', () => {
    expect(idsOf({})).toEqual([]);
    expect(idsOf({ trace: trace({ phase: 'live' }) })).toEqual([]);
  });

  it('asks for a recording where none was made, or for a file where none can be', () => {
    expect(idsOf({ source: undefined, trace: NO_TRACE })).toEqual(['nothing-recorded']);
    expect(idsOf({ source: undefined, trace: NO_TRACE, status: { version: '1', canRecord: false } })).toEqual([
      'viewer',
    ]);
    expect(idsOf({ source: undefined, trace: NO_TRACE, status: undefined })).toEqual([]);
  });

  it('offers to read again what broke off, and another file in the place of one that is none', () => {
    const failed = (code: 'broken-off' | 'bad-trace') =>
      describeSituation({ ...SITUATION, trace: trace({ phase: 'failed', failure: { code, message: code } }) });
    expect(failed('broken-off')).toMatchObject([{ id: 'trace-failed', action: 'read-again' }]);
    expect(failed('bad-trace')).toMatchObject([{ id: 'trace-failed', action: 'open' }]);
  });

  it('tells how far a recording is read, and offers to stop once there is something to look at', () => {
    const loading = (change: Partial<TraceState>) =>
      describeSituation({
        ...SITUATION,
        trace: trace({ phase: 'loading', loadedBytes: 1024, totalBytes: 4096, ...change }),
      })[0];
    expect(loading({})).toMatchObject({
      id: 'loading',
      progress: 0.25,
      action: 'stop-reading',
      text: '25 % of 4.0 KiB.',
    });
    expect(loading({ summary: undefined })?.action).toBeUndefined();
    expect(loading({ totalBytes: 0 })).toMatchObject({ progress: undefined, text: '1.0 KiB so far.', isOngoing: true });
  });

  it('says of a recording that was not read to its end how much of it is shown, and offers the rest', () => {
    const [notice] = describeSituation({
      ...SITUATION,
      trace: trace({ phase: 'partial', loadedBytes: 1024, totalBytes: 4096 }),
    });
    expect(notice).toMatchObject({ id: 'partial', action: 'read-again', tone: 'warning' });
    expect(notice?.text).toContain('25 %');
  });

  it('says that a link to a file on disk needs that file', () => {
    const [notice] = describeSituation({
      ...({} as PageSituation),
      status: RECORDER,
      source: { kind: 'file', name: 'a.bbprof' },
      trace: NO_TRACE,
    });
    expect(notice).toMatchObject({ id: 'file-again', action: 'open' });
    expect(notice?.title).toContain('a.bbprof');
  });

  it('tells a wrong token from a server that is gone', () => {
    const failed = (code: 'unauthorized' | 'offline') => ({ serverFailure: { code, message: 'x' } });
    expect(idsOf(failed('unauthorized'))).toEqual(['wrong-token']);
    expect(idsOf(failed('offline'))).toEqual(['server-failed']);
    expect(idsOf({ ...failed('offline'), trace: trace({ phase: 'reconnecting' }) })).toEqual(['reconnecting']);
    expect(idsOf({ ...failed('unauthorized'), trace: trace({ phase: 'reconnecting' }) })).toEqual(['wrong-token']);
  });

  it('says how a recording ended where that matters', () => {
    const ended = (endReason: TraceSummary['endReason']) =>
      idsOf({ trace: trace({ phase: 'complete', summary: { ...SUMMARY, endReason } }) });
    expect(ended('target-exited')).toEqual(['target-exited']);
    expect(ended('period-over')).toEqual([]);
    expect(idsOf({ trace: trace({ phase: 'cut' }) })).toEqual(['cut']);
  });

  it('says why there is nothing to see in a selection', () => {
    expect(idsOf({ stats: stats(0), hasRange: true })).toEqual(['empty-range']);
    expect(idsOf({ stats: stats(0), weight: 'cpu' })).toEqual(['no-cpu']);
    expect(idsOf({ stats: stats(0), weight: 'gil' })).toEqual(['no-gil']);
    expect(idsOf({ stats: stats(0) })).toEqual(['nothing']);
  });

  const without = (phase: TraceState['phase'], losses: Partial<LossCounts>, weight: Weight) => {
    const summary = { ...SUMMARY, losses: { ...SUMMARY.losses, ...losses } };
    const [notice] = describeSituation({ ...SITUATION, stats: stats(0), weight, trace: trace({ phase, summary }) });
    return notice;
  };

  it('tells a live recording without samples from one whose target is idle', () => {
    const kept = { ticksTaken: 400, ticksLeftOut: 0 };
    expect(without('live', { ticksTaken: 0 }, 'cpu')?.id).toBe('no-samples-yet');
    expect(without('live', kept, 'wall')?.id).toBe('all-idle');
    expect(without('live', kept, 'cpu')).toMatchObject({ id: 'no-cpu-yet', text: '', action: 'wall' });
    expect(without('live', kept, 'gil')).toMatchObject({ id: 'no-gil-yet', action: 'wall' });
  });

  it('says how many samples the mode left out, and offers no other weight where it left out all', () => {
    const all = { ticksTaken: 399, ticksLeftOut: 399 };
    const some = { ticksTaken: 399, ticksLeftOut: 120 };
    expect(without('live', all, 'cpu')).toMatchObject({
      id: 'all-left-out',
      title: 'The target has used no CPU so far.',
      action: undefined,
    });
    expect(without('live', all, 'cpu')?.text).toContain('left out all 399 samples');
    expect(without('live', some, 'cpu')).toMatchObject({ id: 'no-cpu-yet', action: 'wall' });
    expect(without('live', some, 'cpu')?.text).toContain('left out 120 samples');
    expect(without('complete', all, 'wall')).toMatchObject({ id: 'no-cpu', action: undefined });
    expect(without('complete', some, 'cpu')).toMatchObject({ id: 'no-cpu', action: 'wall' });
  });

  it('warns of a target that cannot be recorded, but not while it is', () => {
    const status: ServerStatus = { ...RECORDER, targetProblem: { code: 'no-such-process', message: 'gone' } };
    expect(idsOf({ status })).toEqual(['target-problem']);
    expect(idsOf({ status: { ...status, current: {} as never } })).toEqual([]);
  });

  it('shows the progress of a long opening', () => {
    const [notice] = describeSituation({
      ...({} as PageSituation),
      status: RECORDER,
      source: { kind: 'recording', id: 'r1' },
      trace: trace({ phase: 'loading', loadedBytes: 512 * 1024, totalBytes: 1024 * 1024 }),
    });
    expect(notice).toMatchObject({ id: 'loading', text: '50 % of 1.0 MiB.' });
  });
});

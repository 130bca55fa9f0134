import { describe, expect, test } from 'vitest';
import type { TraceEvent, TraceLine } from '#trace/contract/trace-lines.ts';
import { unixMilliseconds } from '#trace/contract/units.ts';
import { SCRIPTED_REQUEST, ScriptedSource, scriptedHeader } from '../../test/scripted-source.ts';
import {
  BuildLedger,
  MAX_KEPT_STEPS,
  MAX_PENDING_EVENTS,
  MAX_RUNNING_BUILDS,
  type MasterEvent,
} from './build-ledger.ts';
import { withBuildEvents } from './build-events.ts';

const ZERO = scriptedHeader().clock.startedAt;

const build = (id: number, startSecond: number, endSecond?: number): MasterEvent => ({
  kind: 'build',
  id,
  number: id,
  builder: 'linux',
  worker: 'w1',
  startedAt: unixMilliseconds(ZERO + startSecond * 1000),
  ...(endSecond === undefined
    ? {}
    : { endedAt: unixMilliseconds(ZERO + endSecond * 1000), result: 'success' as const }),
});
const step = (id: number, buildId: number): MasterEvent => ({
  kind: 'step',
  id,
  buildId,
  name: 'compile',
  startedAt: unixMilliseconds(ZERO),
});

/** The events of each chunk of a recording, as `kind id start end`. */
const record = async (ledger: BuildLedger): Promise<{ source: ScriptedSource; chunks: () => string[][] }> => {
  const source = new ScriptedSource();
  const lines: TraceLine[] = [];
  await withBuildEvents(source.start, ledger)(SCRIPTED_REQUEST, (line) => lines.push(line));
  const format = (event: TraceEvent): string =>
    event.kind === 'note'
      ? event.text
      : `${event.kind} ${String(event.id)} ${String(event.start)} ${String(event.end ?? '-')}`;
  return {
    source,
    chunks: () => lines.filter((line) => line.kind === 'chunk').map(({ events }) => events.map(format)),
  };
};

describe('the builds of a recording', () => {
  test('are those before it in its first chunk, then each change once', async () => {
    const ledger = new BuildLedger();
    ledger.take([build(1, -60, -30), build(2, -10), step(7, 2)]);
    const { source, chunks } = await record(ledger);
    source.emitChunks(1);
    ledger.take([build(2, -10, 1)]);
    source.emitChunks(2);
    expect(chunks()).toEqual([
      ['build 1 -60000000 -30000000', 'build 2 -10000000 -', 'step 7 0 -'],
      ['build 2 -10000000 1000000'],
      [],
    ]);
  });

  test('come whole into the next recording, relative to its own start', async () => {
    const ledger = new BuildLedger();
    ledger.take([build(1, -60, -30)]);
    const { source, chunks } = await record(ledger);
    source.emitChunks(2);
    source.rotate();
    source.emitChunks(1);
    expect(chunks()).toEqual([['build 1 -60000000 -30000000'], [], ['build 1 -61000000 -31000000']]);
  });
});

describe('BuildLedger', () => {
  const idsOf = (ledger: BuildLedger): string[] => ledger.all().map(({ kind, id }) => `${kind} ${String(id)}`);

  test('keeps the last that finished and all that run, with their steps', () => {
    const ledger = new BuildLedger();
    ledger.keptBuilds = 2;
    ledger.take([build(1, 0), build(2, 0), build(3, 0), build(4, 0), step(1, 1), step(2, 2)]);
    ledger.take([build(1, 0, 1), build(2, 0, 2), build(3, 0, 3)]);
    expect(idsOf(ledger)).toEqual(['build 4', 'build 2', 'build 3', 'step 2']);
  });

  test('keeps the end of a build and of a step when an older row of it comes late', async () => {
    const ledger = new BuildLedger();
    const ended = { ...step(7, 1), endedAt: unixMilliseconds(ZERO + 1000) };
    const { source, chunks } = await record(ledger);
    ledger.take([build(1, 0, 2), ended]);
    ledger.take([build(1, 0), step(7, 1)]);
    source.emitChunks(1);
    expect(chunks()).toEqual([['build 1 0 2000000', 'step 7 0 1000000']]);
    expect(ledger.all().map(({ endedAt }) => endedAt)).not.toContain(undefined);
  });

  test('takes no steps of a build that it does not know or has let go', () => {
    const ledger = new BuildLedger();
    ledger.keptBuilds = 0;
    const reader = ledger.open();
    ledger.take([build(1, 0, 1), build(2, 0)]);
    ledger.take([step(1, 1), step(2, 2), step(3, 3)]);
    expect(idsOf(ledger)).toEqual(['build 2', 'step 2']);
    expect(reader.takeNews().map(({ kind, id }) => `${kind} ${String(id)}`)).toEqual(['build 1', 'build 2', 'step 2']);
    reader.close();
  });

  test('bounds steps and builds whose end was lost', () => {
    const ledger = new BuildLedger();
    ledger.take(Array.from({ length: MAX_RUNNING_BUILDS + 5 }, (_, id) => build(id, 0)));
    ledger.take(Array.from({ length: MAX_KEPT_STEPS + 5 }, (_, id) => step(id, MAX_RUNNING_BUILDS)));
    const ids = idsOf(ledger);
    expect(ids.filter((id) => id.startsWith('build'))).toHaveLength(MAX_RUNNING_BUILDS);
    expect(ids.filter((id) => id.startsWith('step'))).toHaveLength(MAX_KEPT_STEPS);
    expect(ids).not.toContain('build 0');
  });

  test('bounds what a recording that takes nothing has still to take', () => {
    const ledger = new BuildLedger();
    const reader = ledger.open();
    ledger.take([build(1, 0)]);
    ledger.take(Array.from({ length: MAX_PENDING_EVENTS + 5 }, (_, id) => step(id, 1)));
    expect(reader.takeNews()).toHaveLength(MAX_PENDING_EVENTS);
    reader.close();
    ledger.take([build(1, 0)]);
    expect(reader.takeNews()).toEqual([]);
  });
});

import { createReadStream, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { computeCallTree } from '../analysis/call-tree.ts';
import { TraceModel } from '../model/trace-model.ts';
import { formatTree } from '../testing/format-tree.ts';
import { readTraceLines } from './codec.ts';
import { TRACE_VERSION } from './trace-lines.ts';

/**
 * A new version of the format adds a step to `upgrade-line.ts`, a file `version-N.bbprof` that the last program of the version before would
 * not read, and a paragraph to FORMAT.md. The files that are there stay as they are.
 */
const FIXTURES = new URL('fixtures/', import.meta.url);

const loadModel = async (file: string): Promise<TraceModel> => {
  const model = new TraceModel();
  for await (const line of readTraceLines(createReadStream(new URL(file, FIXTURES)))) {
    model.append(line);
  }
  return model;
};

describe('a file', () => {
  it('is kept of every version', () => {
    const versions = Array.from({ length: TRACE_VERSION }, (_, index) => `version-${index + 1}.bbprof`);
    expect(readdirSync(FIXTURES).sort()).toEqual(versions);
  });

  it('of version 1 is read whole', async () => {
    const model = await loadModel('version-1.bbprof');
    expect(model.header).toMatchObject({ version: TRACE_VERSION, recordingId: 'version-1', mode: 'virtual' });
    expect(model.end).toEqual({ kind: 'end', at: 100_000, reason: 'period-over' });
    expect(formatTree(model, computeCallTree(model, { weight: 'wall' }))).toEqual([
      'all 90',
      '  main 60',
      '    <module> 60 self 30',
      '      Réacteur.run 30 self 30',
      '  worker 30',
      '    Thread._bootstrap 30 self 30',
    ]);
    expect(formatTree(model, computeCallTree(model, { weight: 'cpu' })).at(-1)).toBe('      Réacteur.run 18 self 18');
    expect(model.counters.count).toBe(2);
    expect(model.events.map(({ kind, end }) => [kind, end])).toEqual([
      ['build', 0],
      ['note', undefined],
    ]);
    expect(model.losses).toMatchObject({ ticksAsked: 12, ticksTaken: 12, ticksLeftOut: 2, stacksTorn: 1 });
  });
});

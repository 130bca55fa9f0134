import { describe, expect, it } from 'vitest';
import type { TraceChunk, TraceEvent, TraceLine } from '../contract/trace-lines.ts';
import { microseconds } from '../contract/units.ts';
import { functionTotals } from '../testing/function-totals.ts';
import { collectLines } from '../testing/read-bytes.ts';
import { modelOf, testHeader, traceFromText } from '../testing/trace-from-text.ts';
import { redactTrace } from './redact-trace.ts';

async function* sourceOf(lines: readonly TraceLine[]): AsyncGenerator<TraceLine, void> {
  yield* lines;
}
const redact = (lines: readonly TraceLine[]): Promise<TraceLine[]> => collectLines(redactTrace(sourceOf(lines)));

const withStrings = (...strings: string[]): TraceLine[] => {
  const [header, chunk] = traceFromText('main\n  1 running f');
  return [header!, { ...(chunk as TraceChunk), strings: ['f', 'app.py', ...strings] }];
};
const redactPaths = async (...paths: string[]): Promise<readonly string[]> => {
  const [, chunk] = await redact(withStrings(...paths));
  return (chunk as TraceChunk).strings.slice(2);
};

describe('a redacted trace', () => {
  it.each([
    ['/home/joe/venv/lib/python3.11/site-packages/buildbot/master.py', '/site-packages/buildbot/master.py'],
    ['/usr/lib/python3/dist-packages/twisted/web/http.py', '/dist-packages/twisted/web/http.py'],
    ['/opt/acme/python/lib/python3.13/asyncio/events.py', '/lib/python3.13/asyncio/events.py'],
    ['/srv/acme/masters/main/master.cfg', '/folder-1/master.cfg'],
    ['C:\\Users\\joe\\x.py', '/folder-1/x.py'],
    ['joe/secret/part.py', '/folder-1/part.py'],
    ['<frozen importlib._bootstrap>', '<frozen importlib._bootstrap>'],
    ['master.cfg', 'master.cfg'],
    ['Reactor.<locals>.run', 'Reactor.<locals>.run'],
  ])('has of the path %s the part %s', async (path, redacted) => {
    expect(await redactPaths(path)).toEqual([redacted]);
  });

  it('keeps equal folders equal and different files different', async () => {
    expect(
      await redactPaths('/a/x.py', '/b/x.py', '/a/y.py', '/1/site-packages/m.py', '/2/site-packages/m.py', '/a/x.py'),
    ).toEqual([
      '/folder-1/x.py',
      '/folder-2/x.py',
      '/folder-1/y.py',
      '/site-packages/m.py',
      '/site-packages/m.py (2)',
      '/folder-1/x.py',
    ]);
  });

  it('has no command line, host, notes and words about its end, and no names of builders and workers', async () => {
    const [header, chunk] = withStrings();
    const start = microseconds(0);
    const build = (id: number, builder: string, worker: string): TraceEvent => ({
      kind: 'build',
      id,
      number: id,
      builder,
      worker,
      start,
    });
    const events: TraceEvent[] = [
      build(1, 'acme-linux', 'acme-w1'),
      build(2, 'acme-mac', 'acme-w1'),
      build(3, 'acme-linux', 'acme-w2'),
      { kind: 'note', text: 'acme', start },
      { kind: 'step', id: 4, buildId: 1, name: 'compile', start },
    ];
    const { target } = testHeader();
    const acme = { ...target, commandLine: ['python3', '/srv/acme/x'], executable: '/srv/acme/python3', host: 'acme' };
    const redacted = await redact([
      { ...(header as ReturnType<typeof testHeader>), target: acme },
      { ...(chunk as TraceChunk), events },
      { kind: 'end', at: start, reason: 'disk-full', message: 'Cannot write /srv/acme/x' },
    ]);
    expect(JSON.stringify(redacted)).not.toContain('acme');
    expect(redacted[0]).toMatchObject({
      target: { commandLine: ['(redacted)'], executable: 'python3', host: 'host-1', pid: 4711 },
    });
    expect((redacted[1] as TraceChunk).events).toMatchObject([
      { builder: 'builder-1', worker: 'worker-1' },
      { builder: 'builder-2', worker: 'worker-1' },
      { builder: 'builder-1', worker: 'worker-2' },
      { text: '(redacted)' },
      { name: 'compile' },
    ]);
  });

  it('weighs what it did', async () => {
    const lines = traceFromText('main\n  2 running f@/a/x.py > g@/b/x.py\n  1 running h@/a/x.py');
    const totals = functionTotals(modelOf(await redact(lines)), { weight: 'wall' });
    expect(Object.fromEntries(totals)).toEqual({
      'f /folder-1/x.py': { self: 0, total: 20_000 },
      'g /folder-2/x.py': { self: 20_000, total: 20_000 },
      'h /folder-1/x.py': { self: 10_000, total: 10_000 },
    });
  });
});

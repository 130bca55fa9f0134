import fs from 'node:fs';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DUMP, EXAMINATION, InjectedServer } from '../../test/injected-server.ts';
import {
  ExaminationSchema,
  RecordingListSchema,
  RecordingSummarySchema,
  ServerStatusSchema,
  ThreadDumpListSchema,
} from './api-schemas.ts';

let server: InjectedServer;
beforeEach(async () => {
  server = await InjectedServer.open();
});
afterEach(() => server.close());

describe('the description', () => {
  interface Description {
    readonly paths: Record<string, Record<string, { summary: string; responses: Record<string, unknown> }>>;
  }

  test('has every route, with the schemas that check the requests', async () => {
    const { paths } = (await server.ask('GET', 'openapi.json')).json<Description>();
    const routes = Object.entries(paths).flatMap(([address, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`),
    );
    expect(routes.sort()).toEqual([
      'DELETE /recordings/{id}',
      'GET /dump',
      'GET /examination',
      'GET /live',
      'GET /openapi.json',
      'GET /recordings',
      'GET /recordings/{id}',
      'GET /status',
      'PATCH /recordings/{id}',
      'POST /recordings',
      'POST /recordings/current/stop',
    ]);
    for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
      expect(operation.summary).not.toBe('');
      expect(Object.keys(operation.responses)).not.toEqual([]);
    }
    expect(JSON.stringify(paths['/recordings']?.['post'])).toContain('"maximum":10000');
  });

  test('has the routes that the contract names', async () => {
    const contract = fs.readFileSync(new URL('../../../trace/contract/api.ts', import.meta.url), 'utf8');
    const named = Array.from(
      contract.matchAll(/^ \* \| `([A-Z]+) ([\w/{}.]+)`/gm),
      ([, method, address]) => `${method ?? ''} /${address ?? ''}`,
    );
    const { paths } = (await server.ask('GET', 'openapi.json')).json<Description>();
    const described = Object.entries(paths).flatMap(([address, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`),
    );
    expect(named.length).toBeGreaterThan(7);
    expect([...named, 'GET /live'].sort()).toEqual(described.sort());
  });

  test('describes what an inspector finds as it is', async () => {
    for (const [address, schema, found] of [
      ['dump', ThreadDumpListSchema, DUMP],
      ['examination', ExaminationSchema, EXAMINATION],
    ] as const) {
      const answer = await server.ask('GET', address);
      expect(answer.json()).toEqual(found);
      expect(Value.Check(schema, answer.json())).toBe(true);
    }
  });

  test('describes the answers as they are', async () => {
    const status = await server.ask('GET', 'status');
    const started = await server.startRecording();
    server.source.emitChunks(1);
    const current = await server.ask('GET', 'status');
    server.source.end('period-over');
    const list = await server.ask('GET', 'recordings');
    expect(Value.Errors(ServerStatusSchema, status.json())).toEqual([]);
    expect(Value.Errors(ServerStatusSchema, current.json())).toEqual([]);
    expect(Value.Errors(RecordingSummarySchema, started)).toEqual([]);
    expect(Value.Errors(RecordingListSchema, list.json())).toEqual([]);
    expect(Value.Check(RecordingSummarySchema, { ...started, duration: 'long' })).toBe(false);
  });
});

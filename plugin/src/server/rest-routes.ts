import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { Type } from 'typebox';
import type { Examination, ExportFormat, RecordingPatch, StartRequest, ThreadDump } from '#trace/contract/api.ts';
import type { Weight } from '#trace/analysis/selection.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { makeExportHost } from '../recording/export-host.ts';
import type { RecordingLibrary } from '../recording/recording-library.ts';
import { exportTrace } from '../recording/trace-export.ts';
import type { Recorder } from '../session/recorder.ts';
import {
  DownloadQuerySchema,
  ErrorBodySchema,
  ExaminationSchema,
  RecordingIdSchema,
  RecordingListSchema,
  RecordingPatchSchema,
  RecordingSummarySchema,
  ServerStatusSchema,
  StartRequestSchema,
  ThreadDumpListSchema,
} from './api-schemas.ts';
import { buildStatus } from './server-status.ts';

export interface RestParts {
  readonly version: string;
  readonly library: RecordingLibrary;
  /** Where the built page of reports lies. */
  readonly reportPage: string;
  /** Absent in a viewer of files. */
  readonly recorder: Recorder | undefined;
  /** Absent where whoever asks can look at the target as well as this server. */
  readonly inspector?: TargetInspector;
}

/** Looks at the target once, for those who may not do so themselves. */
export interface TargetInspector {
  /** @throws ProfilerError where the target cannot be read */
  dump(): readonly ThreadDump[];
  examine(): Examination;
}

interface DownloadQuery {
  format?: ExportFormat;
  weight?: Weight;
  redact?: 'true' | 'false';
}

interface ById {
  Params: { id: string };
}

const failure = { '4xx': ErrorBodySchema, '5xx': ErrorBodySchema };

/**
 * Not `no-store`, as all other answers: Chromium reports an answer with it as failed (`net::ERR_ABORTED`) whenever a page that reads it as
 * a stream sees its last byte before the end of the request. Our page asks not to store it; only who has the token can ask otherwise.
 */
const STREAMED_CACHE_CONTROL = 'private, no-cache';

/** The part of an answer's file name that a header can carry. */
const fileName = (id: string, suffix: string): string =>
  `attachment; filename="bbprofiler-${id.replace(/[^\w-]/g, '')}.${suffix}"`;

export const restRoutes = ({ version, library, reportPage, recorder, inspector }: RestParts): FastifyPluginCallback => {
  const recording = (): Recorder => {
    if (recorder === undefined)
      throw new ProfilerError('no-target', 'This server shows files and has nothing to record');
    return recorder;
  };

  const exportHost = makeExportHost(reportPage);

  return (app: FastifyInstance, _options, done) => {
    app.get(
      '/status',
      {
        schema: {
          summary: 'The server, its target and the recording in progress',
          response: { 200: ServerStatusSchema, ...failure },
        },
      },
      () => buildStatus(version, recorder),
    );

    app.post<{ Body: StartRequest }>(
      '/recordings',
      {
        schema: {
          summary: 'Start a recording; everything not given has its default',
          body: StartRequestSchema,
          response: { 201: RecordingSummarySchema, ...failure },
        },
        // No body at all is a body without wishes.
        preValidation: (request, _reply, next) => {
          request.body ??= {};
          next();
        },
      },
      async (request, reply) => reply.code(201).send(await recording().start(request.body)),
    );

    app.post(
      '/recordings/current/stop',
      { schema: { summary: 'Stop the recording in progress', response: { 200: RecordingSummarySchema, ...failure } } },
      () => recording().stop(),
    );

    app.get(
      '/recordings',
      { schema: { summary: 'All recordings', response: { 200: RecordingListSchema, ...failure } } },
      () => library.list(),
    );

    app.get<ById & { Querystring: DownloadQuery }>(
      '/recordings/:id',
      {
        schema: {
          summary: 'Download a recording, also one in progress: the trace as gzip, or another format',
          params: RecordingIdSchema,
          querystring: DownloadQuerySchema,
          response: {
            200: {
              description: 'The file.',
              content: {
                'application/gzip': { schema: Type.String({ format: 'binary' }) },
                'text/html': { schema: Type.String() },
                'text/plain': { schema: Type.String() },
                'application/json': { schema: Type.String() },
                'application/octet-stream': { schema: Type.String({ format: 'binary' }) },
              },
            },
            ...failure,
          },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { format = 'bbprof', weight, redact } = request.query;
        const isRedacted = redact === 'true';
        if (format === 'bbprof' && !isRedacted) {
          const { content, size } = await library.openGzip(id);
          if (size !== undefined) reply.header('content-length', size);
          return reply
            .type('application/gzip')
            .header('content-disposition', fileName(id, 'bbprof.gz'))
            .header('cache-control', STREAMED_CACHE_CONTROL)
            .send(content);
        }
        await library.describe(id);
        const conversion = { format, weight, isRedacted };
        const { content, suffix, mediaType } = await exportTrace(
          library.loadLines(id),
          conversion,
          exportHost,
          request.signal,
        );
        return reply.type(mediaType).header('content-disposition', fileName(id, suffix)).send(content);
      },
    );

    if (inspector !== undefined) {
      app.get(
        '/dump',
        { schema: { summary: 'All stacks of the target, now', response: { 200: ThreadDumpListSchema, ...failure } } },
        () => inspector.dump(),
      );
      app.get(
        '/examination',
        {
          schema: {
            summary: 'What stands in the way of reading the target, and what clears it',
            response: { 200: ExaminationSchema, ...failure },
          },
        },
        () => inspector.examine(),
      );
    }

    app.patch<ById & { Body: RecordingPatch }>(
      '/recordings/:id',
      {
        schema: {
          summary: 'Name a recording or note something on it',
          params: RecordingIdSchema,
          body: RecordingPatchSchema,
          response: { 200: RecordingSummarySchema, ...failure },
        },
      },
      (request) => library.relabel(request.params.id, request.body),
    );

    app.delete<ById>(
      '/recordings/:id',
      {
        schema: {
          summary: 'Delete a recording',
          params: RecordingIdSchema,
          response: { 204: Type.Null(), ...failure },
        },
      },
      async (request, reply) => {
        await library.remove(request.params.id);
        return reply.code(204).send();
      },
    );
    done();
  };
};

import type { ServerStatus } from '#trace/contract/api.ts';
import type { Recorder } from '../session/recorder.ts';

export const buildStatus = (version: string, recorder: Recorder | undefined): ServerStatus =>
  recorder === undefined ? { version, canRecord: false } : { version, canRecord: true, ...recorder.status() };

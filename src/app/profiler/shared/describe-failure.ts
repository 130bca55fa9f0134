import { ProfilerError } from '#trace/contract/errors.ts';
import type { Failure } from './failure.ts';

/** Errors of the catalogue keep their code; anything else is a defect of ours and says so. */
export const describeFailure = (error: unknown): Failure => {
  if (error instanceof ProfilerError) return { code: error.code, message: error.message };
  if (isFailureCarrier(error)) return error.failure;
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
};

const isFailureCarrier = (error: unknown): error is { failure: Failure } =>
  error instanceof Error && 'failure' in error && typeof error.failure === 'object' && error.failure !== null;

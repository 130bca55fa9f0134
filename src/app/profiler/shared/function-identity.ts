import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';

export type { FunctionIdentity };

export const isSameFunction = (a: FunctionIdentity | undefined, b: FunctionIdentity | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && a.name === b.name && a.file === b.file && a.firstLine === b.firstLine);

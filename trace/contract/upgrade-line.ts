import type { JsonObject } from './field-decoder.ts';

/** Turns a line of one version into a line of the next. A header's `version` is set by {@link upgradeLine}. */
export type LineUpgrader = (line: JsonObject) => JsonObject;

/** Keyed by the version an upgrader starts from. Version 1 is the first, so there is none yet. */
export const LINE_UPGRADERS: Readonly<Record<number, LineUpgrader>> = {};

/** Brings a line from the version its trace was written in to `to`, one version at a time. */
export const upgradeLine = (
  line: JsonObject,
  from: number,
  to: number,
  upgraders: Readonly<Record<number, LineUpgrader>> = LINE_UPGRADERS,
): JsonObject => {
  let upgraded = line;
  for (let version = from; version < to; version++) {
    const upgrade = upgraders[version];
    if (upgrade === undefined) {
      throw new Error(`No upgrader leads from trace version ${version} to ${version + 1}`);
    }
    upgraded = upgrade(upgraded);
    if (upgraded['kind'] === 'header') {
      upgraded = { ...upgraded, version: version + 1 };
    }
  }
  return upgraded;
};

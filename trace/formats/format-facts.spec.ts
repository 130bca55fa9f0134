import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../contract/api.ts';
import { EXPORT_FILES } from './export-files.ts';
import { NEWEST_FIREFOX_VERSION, OLDEST_FIREFOX_VERSION } from './firefox-profile-import.ts';
import { FIREFOX_VERSION } from './firefox-profile.ts';
import { HELD_PARTS, TRACE_PARTS } from './format-facts.ts';

const page = fs.readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');

/** Rows of the table whose head starts with these cells, without the head. */
const tableOf = (...head: string[]): string[][] => {
  const lines = page.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const start = lines.findIndex((cells) => head.every((cell, position) => cells[position] === cell));
  const rows = lines.slice(start + 2);
  return rows.slice(
    0,
    rows.findIndex((cells) => cells.length === 0),
  );
};

describe('the page on formats', () => {
  it('says of each format what it holds, as the code does', () => {
    expect(tableOf('format', ...TRACE_PARTS)).toEqual(
      EXPORT_FORMATS.map((format) => [
        `\`${format}\``,
        ...TRACE_PARTS.map((part) => (HELD_PARTS[format].includes(part) ? 'yes' : 'no')),
      ]),
    );
  });

  it('names the file of each format', () => {
    expect(tableOf('format', 'is for').map(([format, , file]) => `${format} ${file}`)).toEqual(
      EXPORT_FORMATS.map(
        (format) => `\`${format}\` \`.${EXPORT_FILES[format].suffix}${format === 'bbprof' ? '.gz' : ''}\``,
      ),
    );
  });

  it('names the versions of Firefox profiles', () => {
    expect(page).toContain(`version ${FIREFOX_VERSION})`);
    expect(page).toContain(`versions ${OLDEST_FIREFOX_VERSION} to ${NEWEST_FIREFOX_VERSION}`);
  });
});

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { DETECTED_BYTES, detectFormat } from '#trace/formats/detect-format.ts';
import { REPORT_SLOT } from '#trace/formats/report-file.ts';
import { composeReport, MAX_PAGE_BYTES } from './build-report.mjs';

describe('the page of reports', () => {
  let page;
  beforeAll(async () => {
    page = await composeReport();
  });

  const contentOf = (name) => [...page.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, text]) => text);
  const policy = () => /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1].split('; ') ?? [];
  const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

  it('is no larger than every report may be without its recording', () => {
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(MAX_PAGE_BYTES);
  });

  it('allows the one script and the one style that are in it, and nothing else', () => {
    const [scripts, styles] = [contentOf('script'), contentOf('style')];
    expect(scripts).toHaveLength(1);
    expect(styles).toHaveLength(1);
    expect(policy()).toEqual([
      "default-src 'none'",
      `script-src ${hashOf(scripts[0])}`,
      `style-src ${hashOf(styles[0])}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('names its policy before anything that the policy is about', () => {
    const at = page.indexOf('Content-Security-Policy');
    expect(at).toBeGreaterThan(0);
    for (const tag of ['<script', '<style', '<link', '<img']) expect(page.slice(0, at)).not.toContain(tag);
  });

  it('says by its first bytes what it is, and has one place for a recording, after its script', () => {
    expect(detectFormat(Buffer.from(page).subarray(0, DETECTED_BYTES))).toBe('report');
    expect(page.split(REPORT_SLOT)).toHaveLength(2);
    expect(page.indexOf(REPORT_SLOT)).toBeGreaterThan(page.indexOf('</script>'));
  });
});

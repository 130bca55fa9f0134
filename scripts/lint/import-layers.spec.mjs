import path from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

// The project's own configuration; types are left out since the files of these tests are not on disk.
const eslint = new ESLint({
  cwd: ROOT,
  overrideConfig: [tseslint.configs.disableTypeChecked, { languageOptions: { parserOptions: { project: null } } }],
});

/** What `npm run lint` would say about imports if `file` held this one line. */
const importErrors = async (file, line) => {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: path.join(ROOT, file) });
  const fatal = result.messages.find((message) => message.fatal);
  if (fatal) throw new Error(fatal.message);
  return result.messages.filter(({ ruleId }) => ruleId?.startsWith('boundaries/')).map(({ ruleId }) => ruleId);
};

const forbidden = [
  ['trace/contract/forged.ts', '../model/trace-model.ts'],
  ['trace/contract/forged.ts', 'node:fs'],
  ['trace/contract/forged.ts', 'rxjs'],
  ['trace/model/forged.ts', '../analysis/call-tree.ts'],
  ['trace/model/forged.ts', 'node:buffer'],
  ['trace/analysis/forged.ts', '../formats/collapsed.ts'],
  ['trace/analysis/forged.ts', '../../plugin/src/sampler/sampler.ts'],
  ['trace/formats/forged.ts', '../../src/app/profiler/shared/colors.ts'],
  ['plugin/src/memory/forged.ts', '../elf/elf-file.ts'],
  ['plugin/src/elf/forged.ts', '../cpython/interpreter-reader.ts'],
  ['plugin/src/cpython/forged.ts', '../sampler/sampler.ts'],
  ['plugin/src/sampler/forged.ts', '../recording/trace-file.ts'],
  ['plugin/src/sampler/forged.ts', 'fastify'],
  ['plugin/src/recording/forged.ts', '../sampler/sampler.ts'],
  ['plugin/src/session/forged.ts', '../server/server.ts'],
  ['plugin/src/server/forged.ts', '../sampler/sampler.ts'],
  ['plugin/src/server/forged.ts', '../cli/program.ts'],
  ['plugin/src/server/forged.ts', 'commander'],
  ['plugin/src/cli/forged.ts', '../../../src/app/app.ts'],
  ['src/app/profiler/worker/forged.ts', '../state/profiler-store.ts'],
  ['src/app/profiler/worker/forged.ts', '@angular/core'],
  ['src/app/profiler/state/forged.ts', '../views/timeline/timeline.component.ts'],
  ['src/app/profiler/state/forged.ts', '../page/profiler-page.component.ts'],
  ['src/app/profiler/views/timeline/forged.ts', '../flame-graph/flame-graph.component.ts'],
  ['src/app/profiler/views/timeline/forged.ts', '../../state/profiler-store.ts'],
  ['src/app/profiler/views/timeline/forged.ts', '@angular/common/http'],
  ['src/app/profiler/page/forged.ts', '../../../../plugin/src/session/session.ts'],
  ['src/app/profiler/page/forged.ts', '../../../../e2e/profiler-page.ts'],
  ['src/app/forged.ts', '../buildbot/profiler-element.ts'],
  ['src/buildbot/forged.ts', './loader/buildbot-host.ts'],
  ['src/buildbot/forged.ts', '../app/profiler/state/profiler-store.ts'],
  ['src/buildbot/loader/forged.ts', '../profiler-element.ts'],
  ['src/buildbot/loader/forged.ts', '@angular/core'],
  ['src/buildbot/loader/forged.ts', 'react'],
  ['plugin/src/cli/forged.ts', '../../../e2e/profiler-page.ts'],
  ['trace/model/forged.spec.ts', '../../e2e/profiler-page.ts'],
  ['trace/model/forged.spec.ts', '../../plugin/src/memory/process-memory.ts'],
  ['e2e/forged.ts', '../plugin/src/cli/program.ts'],
];

const allowed = [
  ['trace/contract/forged.ts', './errors.ts'],
  ['trace/formats/forged.ts', '../analysis/call-tree.ts'],
  ['trace/model/forged.spec.ts', 'vitest'],
  ['trace/formats/forged.spec.ts', 'node:fs'],
  ['plugin/src/cpython/forged.ts', '#trace/contract/errors.ts'],
  ['plugin/src/cpython/forged.ts', '../memory/process-memory.ts'],
  ['plugin/src/cpython/layouts/forged.ts', '../struct-layout.ts'],
  ['plugin/src/sampler/forged.ts', 'node:worker_threads'],
  ['plugin/src/server/forged.ts', '@fastify/static'],
  ['plugin/src/cli/forged.ts', '../sampler/sampler.ts'],
  ['src/app/profiler/state/forged.ts', '../worker/protocol.ts'],
  ['src/app/profiler/state/forged.ts', '#trace/contract/api.ts'],
  ['src/app/profiler/views/timeline/forged.ts', './brush.ts'],
  ['src/app/profiler/views/timeline/forged.ts', 'd3'],
  ['src/app/profiler/page/forged.ts', '../views/timeline/timeline.component.ts'],
  ['src/buildbot/forged.ts', '../app/profiler/profiler.module.ts'],
  ['src/buildbot/forged.ts', '@angular/router'],
  ['src/buildbot/loader/forged.ts', './buildbot-host.ts'],
  ['e2e/forged.ts', '@playwright/test'],
];

describe('the allow-list of imports', () => {
  it.each(forbidden)('refuses in %s an import of %s', async (file, source) => {
    expect(await importErrors(file, `export * from '${source}';`)).toEqual(['boundaries/dependencies']);
  });

  it.each(allowed)('lets %s import %s', async (file, source) => {
    expect(await importErrors(file, `export * from '${source}';`)).toEqual([]);
  });

  it('refuses an import of types alone', async () => {
    const line = `import type { TraceModel } from '../model/trace-model.ts'; export type Model = TraceModel;`;
    expect(await importErrors('trace/contract/forged.ts', line)).toEqual(['boundaries/dependencies']);
  });

  it('refuses a dynamic import', async () => {
    const line = `export const server = () => import('../server/server.ts');`;
    expect(await importErrors('plugin/src/sampler/forged.ts', line)).toEqual(['boundaries/dependencies']);
  });

  it('refuses a file in a folder that has no layer', async () => {
    expect(await importErrors('plugin/src/elsewhere/forged.ts', 'export const x = 1;')).toEqual([
      'boundaries/no-unknown-files',
    ]);
  });
});

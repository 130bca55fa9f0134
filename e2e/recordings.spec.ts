import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './profiler-test.ts';

test('a recording gets a name and a note, is saved in another format, and fits a phone', async ({
  demoTrace,
  folder,
  page,
  profiler,
  startProfiler,
}) => {
  await copyFile(demoTrace, path.join(folder, '20260102-030405-0123abcd.bbprof.gz'));
  const server = await startProfiler(['serve', '--demo', '--recordings', folder]);
  await profiler.goto(server.url);
  await page.setViewportSize({ width: 480, height: 900 });
  await profiler.openRecordings();
  const list = page.getByRole('region', { name: 'Recordings' });

  await list.getByRole('button', { name: /^Rename, note / }).click();
  await list.getByRole('textbox', { name: 'Name' }).fill('monday');
  await list.getByRole('textbox', { name: 'Note' }).fill('before the update');
  await list.getByRole('button', { name: 'Save' }).click();
  await expect(list.getByRole('link', { name: 'monday', exact: true })).toBeVisible();
  await expect(list.getByText('before the update')).toBeVisible();

  expect(await list.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBeLessThanOrEqual(0);
  await expect(list.getByRole('row').filter({ hasText: 'monday' }).getByRole('cell')).toHaveCount(10);

  await list.getByLabel('Format of the download of monday').selectOption({ label: 'Collapsed stacks' });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    list.getByRole('button', { name: 'Download monday' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('bbprofiler-monday.collapsed.txt');
});

import { expect, test } from './plugin-test.ts';

/** `nobody` in most systems; here, any user and group without rights. */
const NOBODY = 65534;

test('a master that changes its user by itself is read by its sampler, and goes on being recorded', async ({
  startMaster,
}) => {
  test.skip(process.getuid?.() !== 0, 'Only root can start a master that becomes another user');
  const master = await startMaster('c["services"] = [util.ProfilerService(gatherperiod=3, mode="real")]');
  await master.endMaster('SIGTERM');
  await master.startMasterAs(NOBODY);
  await expect.poll(() => master.readLog()).toContain('opened it (PR_SET_DUMPABLE)');
  const log = async (): Promise<string> => {
    const text = await master.readLog();
    return text.slice(text.indexOf('opened it (PR_SET_DUMPABLE)'));
  };
  await expect.poll(log).toContain('the sampler can read this master');
  await expect.poll(async () => (await log()).split('profiler: recording').length).toBeGreaterThan(2);
  expect(await log()).not.toContain('cannot read');
});

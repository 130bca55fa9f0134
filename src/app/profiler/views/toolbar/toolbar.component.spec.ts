import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import type { RecordingSummary, ServerStatus, StartRequest } from '#trace/contract/api.ts';
import { type DownloadRequest, ToolbarComponent } from './toolbar.component.ts';

const IDLE: ServerStatus = { version: '1', canRecord: true };
const recording = (change: Partial<RecordingSummary> = {}): ServerStatus => ({
  ...IDLE,
  current: { id: 'r1', frequencyHz: 100, periodSeconds: 1800, mode: 'virtual', ...change } as RecordingSummary,
});

const show = async (status: ServerStatus | undefined) => {
  const fixture = TestBed.createComponent(ToolbarComponent);
  const requests: StartRequest[] = [];
  const files: File[] = [];
  const downloads: DownloadRequest[] = [];
  fixture.componentRef.setInput('status', status);
  fixture.componentInstance.record.subscribe((request) => requests.push(request));
  fixture.componentInstance.fileOpen.subscribe((file) => files.push(file));
  fixture.componentInstance.download.subscribe((download) => downloads.push(download));
  await fixture.whenStable();
  const page = fixture.nativeElement as HTMLElement;
  const button = (name: string) =>
    [...page.querySelectorAll('button')].find((candidate) => candidate.textContent.trim() === name);
  const field = (name: string) => page.querySelector<HTMLInputElement>(`[name=${name}]`)!;
  const tell = async (next: ServerStatus): Promise<void> => {
    fixture.componentRef.setInput('status', next);
    await fixture.whenStable();
  };
  const settings = () => ['frequency', 'minutes', 'mode'].map((name) => field(name).value);
  const type = async (name: string, value: string): Promise<void> => {
    field(name).value = value;
    field(name).dispatchEvent(new Event('change', { bubbles: true }));
    await fixture.whenStable();
  };
  const allowDownload = async (): Promise<void> => {
    fixture.componentRef.setInput('canDownload', true);
    await fixture.whenStable();
  };
  return { page, button, field, requests, files, downloads, allowDownload, tell, settings, type };
};

describe('the toolbar', () => {
  it('asks for a recording with what its fields say', async () => {
    const { button, field, requests } = await show(IDLE);
    field('frequency').value = '250';
    field('minutes').value = '0.5';
    field('mode').value = 'real';
    button('Record')!.click();
    expect(requests).toEqual([{ frequencyHz: 250, periodSeconds: 30, mode: 'real' }]);
  });

  it('asks for nothing while a field is out of its limits', async () => {
    const { button, field, requests } = await show(IDLE);
    field('frequency').value = '1000000';
    button('Record')!.click();
    expect(requests).toEqual([]);
  });

  it('asks for a file of the format that is chosen, redacted where that is', async () => {
    const { page, button, downloads, allowDownload } = await show(IDLE);
    const format = page.querySelector<HTMLSelectElement>('[aria-label="Format of the download"]')!;
    expect([format.disabled, button('Download')!.disabled]).toEqual([true, true]);
    await allowDownload();
    button('Download')!.click();
    format.value = 'firefox';
    page.querySelector<HTMLInputElement>('.redact input')!.click();
    button('Download')!.click();
    expect(downloads).toEqual([
      { format: 'bbprof', isRedacted: false },
      { format: 'firefox', isRedacted: true },
    ]);
    expect([...format.options].map(({ text }) => text)).toEqual([
      'Recording',
      'Report (HTML)',
      'Collapsed stacks',
      'speedscope',
      'pprof',
      'Firefox Profiler',
      'Chrome DevTools',
    ]);
  });

  it('offers only to stop while a recording runs', async () => {
    const { button, field } = await show(recording());
    expect(button('Record')!.disabled).toBe(true);
    expect(button('Stop')!.disabled).toBe(false);
    expect(field('frequency').disabled).toBe(true);
  });

  it('shows what the recording in progress is made with, whoever started it', async () => {
    const { settings, tell } = await show(IDLE);
    expect(settings()).toEqual(['100', '30', 'virtual']);
    await tell(recording({ frequencyHz: 250, periodSeconds: 100, mode: 'real' }));
    expect(settings()).toEqual(['250', '1.667', 'real']);
    await tell(IDLE);
    expect(settings(), 'and offers the same again').toEqual(['250', '1.667', 'real']);
  });

  it('shows the settings of the recording also where others were typed before', async () => {
    const { settings, tell, type, button, requests } = await show(IDLE);
    await type('frequency', '500');
    await type('mode', 'prof');
    await tell(recording());
    expect(settings()).toEqual(['100', '30', 'virtual']);
    await tell(IDLE);
    await type('frequency', '500');
    await tell({ ...IDLE });
    button('Record')!.click();
    expect(requests).toEqual([{ frequencyHz: 500, periodSeconds: 1800, mode: 'virtual' }]);
  });

  it('has nothing to record with in a viewer of files', async () => {
    const { button, page } = await show({ version: '1', canRecord: false });
    expect(button('Record')).toBeUndefined();
    expect(button('Open')).toBeDefined();
    expect(page.textContent).toContain('this server has no sampler');
  });

  it('has the whole command line of the target for pointer and keyboard, and pid and versions apart from it', async () => {
    const target = {
      pid: 4711,
      commandLine: ['/usr/bin/python3', '/usr/bin/twistd', '--nodaemon'],
      executable: '/usr/bin/python3.11',
      pythonVersion: '3.11.2',
      buildbotVersion: '4.2.0',
      host: '',
    };
    const { page } = await show({ ...IDLE, target } as unknown as ServerStatus);
    const command = page.querySelector<HTMLElement>('.command')!;
    expect([command.title, command.tabIndex]).toEqual(['/usr/bin/python3 /usr/bin/twistd --nodaemon', 0]);
    expect(command.querySelector('.short')?.textContent).toBe('python3 twistd --nodaemon');
    expect(command.querySelector('.whole')?.textContent).toBe(command.title);
    expect(page.querySelector('.versions')?.textContent).toBe('pid 4711, Python 3.11.2, Buildbot 4.2.0');
  });
});

import { TestBed } from '@angular/core/testing';
import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Downloader, type DownloadState } from '../state/downloader.ts';
import { DownloadNoticesComponent } from './download-notices.component.ts';

const RUNNING: DownloadState = { id: 1, title: 'Loading a.', loadedBytes: 0, totalBytes: 0, failure: undefined };

const show = async (...states: DownloadState[]) => {
  const states$ = new BehaviorSubject<readonly DownloadState[]>(states);
  const stopped: number[] = [];
  const stop = (id: number): void => {
    stopped.push(id);
    states$.next(states$.value.filter((state) => state.id !== id));
  };
  TestBed.configureTestingModule({ providers: [{ provide: Downloader, useValue: { states$, stop } }] });
  const fixture = TestBed.createComponent(DownloadNoticesComponent);
  await fixture.whenStable();
  const element = fixture.nativeElement as HTMLElement;
  document.body.append(element);
  const texts = () => Array.from(element.querySelectorAll('.notice'), ({ textContent }) => textContent.trim());
  return { element, fixture, stopped, texts };
};

describe('downloads', () => {
  it('are told with how far they are, as a bar where their size is known', async () => {
    const { element, texts } = await show(
      { ...RUNNING, loadedBytes: 1024, totalBytes: 4096 },
      { ...RUNNING, id: 2, title: 'The server makes b.', loadedBytes: 2048 },
      { ...RUNNING, id: 3, title: 'Making c.' },
    );
    expect(texts()).toEqual([
      expect.stringMatching(/^Loading a\.\s*25 % of 4\.0 KiB\.\s*Stop the download$/),
      expect.stringMatching(/^The server makes b\.\s*2\.0 KiB so far\.\s*Stop the download$/),
      expect.stringMatching(/^Making c\.\s*Stop the download$/),
    ]);
    expect(Array.from(element.querySelectorAll('progress'), ({ value }) => value)).toEqual([0.25]);
  });

  it('that failed say why and what to do', async () => {
    const failure = { code: 'broken-off', message: 'The connection broke.' } as const;
    const { element, texts } = await show({ ...RUNNING, failure });
    expect(texts()).toEqual([expect.stringMatching(/^The connection broke\.\s*Try again; .*Dismiss$/)]);
    expect(element.querySelector('[role=alert]')).not.toBeNull();
  });

  it('are stopped by their button, each alone, and the focus stays where it was', async () => {
    const { element, fixture, stopped, texts } = await show(RUNNING, { ...RUNNING, id: 2, title: 'Loading b.' });
    element.querySelector('button')!.focus();
    element.querySelector('button')!.click();
    await fixture.whenStable();
    expect(stopped).toEqual([1]);
    expect(texts()).toEqual([expect.stringMatching(/^Loading b\./)]);
    expect(document.activeElement).toBe(element);
  });
});

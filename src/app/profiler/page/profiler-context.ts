/** The parts that live as long as the feature module, joined once. Pages come and go; what is open stays. */
import { DestroyRef, inject, InjectionToken, type Provider } from '@angular/core';
import { saveFile } from '../shared/save-file.ts';
import { ActivityMonitor } from '../state/activity-monitor.ts';
import { API_OPTIONS, ApiClient } from '../state/api-client.ts';
import { Downloader } from '../state/downloader.ts';
import { FileConverter } from '../state/file-converter.ts';
import { ProfilerStore } from '../state/profiler-store.ts';
import { ServerMonitor } from '../state/server-monitor.ts';
import { TraceClient, type WorkerEnd } from '../state/trace-client.ts';
import { TraceOpener } from '../state/trace-opener.ts';

/** Starts a worker: the one that holds the trace, and one for each conversion. */
export const MAKE_TRACE_WORKER = new InjectionToken<() => WorkerEnd>('MAKE_TRACE_WORKER', {
  factory: () => () => new Worker(new URL('../worker/trace.worker', import.meta.url), { type: 'module' }),
});

/** The element that tells whether anything is under way. */
export const ACTIVITY_ROOT = new InjectionToken<HTMLElement>('ACTIVITY_ROOT', {
  factory: () => document.documentElement,
});

export const provideProfiler = (): Provider[] => [
  {
    provide: ActivityMonitor,
    useFactory: () => new ActivityMonitor(inject(ACTIVITY_ROOT), (action) => requestAnimationFrame(action)),
  },
  { provide: ApiClient, useFactory: () => new ApiClient(inject(API_OPTIONS)) },
  { provide: TraceClient, useFactory: makeTraceClient },
  { provide: ServerMonitor, useFactory: () => new ServerMonitor(inject(ApiClient)) },
  { provide: ProfilerStore, useFactory: () => new ProfilerStore(inject(TraceClient).state$) },
  {
    provide: TraceOpener,
    useFactory: () =>
      new TraceOpener(
        inject(ProfilerStore),
        inject(TraceClient),
        inject(ServerMonitor),
        inject(ApiClient),
        inject(API_OPTIONS),
        inject(ActivityMonitor),
        new FileConverter(inject(MAKE_TRACE_WORKER)),
      ),
  },
  { provide: Downloader, useFactory: makeDownloader },
];

/** What is under way ends with the app. */
const makeDownloader = (): Downloader => {
  const downloader = new Downloader(inject(ActivityMonitor), saveFile);
  inject(DestroyRef).onDestroy(() => downloader.stopAll());
  return downloader;
};

/** The worker, and with it the socket and the model, ends with the app. */
const makeTraceClient = (): TraceClient => {
  const client = new TraceClient(inject(MAKE_TRACE_WORKER)());
  inject(DestroyRef).onDestroy(() => client.destroy());
  return client;
};

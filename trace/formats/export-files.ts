import type { ExportFormat } from '../contract/api.ts';

/** What a format is called and sent as. */
export interface ExportFile {
  /** For people. */
  readonly title: string;
  readonly suffix: string;
  readonly mediaType: string;
  /** Whether its readers expect it packed with gzip. It is packed by who stores or sends it. */
  readonly isPacked: boolean;
}

export const EXPORT_FILES: Readonly<Record<ExportFormat, ExportFile>> = {
  bbprof: { title: 'Recording', suffix: 'bbprof', mediaType: 'application/x-ndjson', isPacked: false },
  html: { title: 'Report (HTML)', suffix: 'html', mediaType: 'text/html; charset=utf-8', isPacked: false },
  collapsed: {
    title: 'Collapsed stacks',
    suffix: 'collapsed.txt',
    mediaType: 'text/plain; charset=utf-8',
    isPacked: false,
  },
  speedscope: { title: 'speedscope', suffix: 'speedscope.json', mediaType: 'application/json', isPacked: false },
  pprof: { title: 'pprof', suffix: 'pb.gz', mediaType: 'application/octet-stream', isPacked: true },
  firefox: { title: 'Firefox Profiler', suffix: 'firefox.json', mediaType: 'application/json', isPacked: false },
  cpuprofile: { title: 'Chrome DevTools', suffix: 'cpuprofile', mediaType: 'application/json', isPacked: false },
};

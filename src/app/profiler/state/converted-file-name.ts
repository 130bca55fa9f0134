import type { ExportFormat } from '#trace/contract/api.ts';
import { EXPORT_FILES } from '#trace/formats/export-files.ts';

export interface WantedFile {
  readonly format: ExportFormat;
  readonly isRedacted: boolean;
}

/** Endings of all files that can be opened. */
const ENDINGS = /(\.(bbprof|html|json|speedscope\.json|firefox\.json|cpuprofile|pb|pprof|collapsed\.txt|txt))?(\.gz)?$/;

/** What a file is called once it is of another format. Of our own it is packed, as all that is downloaded. */
export const nameConvertedFile = (original: string, { format, isRedacted }: WantedFile): string => {
  const stem = original.replace(ENDINGS, '');
  const { suffix } = EXPORT_FILES[format];
  return `${stem}${isRedacted ? '.redacted' : ''}.${suffix}${format === 'bbprof' ? '.gz' : ''}`;
};

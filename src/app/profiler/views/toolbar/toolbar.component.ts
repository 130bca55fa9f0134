import {
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  input,
  linkedSignal,
  output,
  viewChild,
} from '@angular/core';
import {
  DEFAULT_FREQUENCY_HZ,
  DEFAULT_MODE,
  DEFAULT_PERIOD_SECONDS,
  EXPORT_FORMATS,
  MAX_FREQUENCY_HZ,
  MAX_PERIOD_SECONDS,
  MIN_FREQUENCY_HZ,
  type ExportFormat,
  type RecordingSummary,
  type ServerStatus,
  type StartRequest,
} from '#trace/contract/api.ts';
import { EXPORT_FILES } from '#trace/formats/export-files.ts';
import { RECORDING_MODES, type RecordingMode } from '#trace/contract/trace-lines.ts';
import { TRACE_FILE_TYPES } from '../../shared/file-types.ts';
import { formatCommand, formatRecording, formatTarget, type RecordingProgress } from './recording-status.ts';

const SECONDS_PER_MINUTE = 60;

/** As the fields hold it: a number half typed is text. */
interface FieldTexts {
  readonly frequency: string;
  readonly minutes: string;
  readonly mode: RecordingMode;
}

type RecordingSettings = Pick<RecordingSummary, 'frequencyHz' | 'periodSeconds' | 'mode'>;

const writeFields = ({ frequencyHz, periodSeconds, mode }: RecordingSettings): FieldTexts => ({
  frequency: frequencyHz.toString(),
  // Without the endless decimals of a third of a minute.
  minutes: Number((periodSeconds / SECONDS_PER_MINUTE).toFixed(3)).toString(),
  mode,
});

const DEFAULT_TEXTS = writeFields({
  frequencyHz: DEFAULT_FREQUENCY_HZ,
  periodSeconds: DEFAULT_PERIOD_SECONDS,
  mode: DEFAULT_MODE,
});

/** How the recording that is shown is to be saved. */
export interface DownloadRequest {
  readonly format: ExportFormat;
  readonly isRedacted: boolean;
}

/** What is being looked at, and the four things to do about it. */
@Component({
  selector: 'bbp-toolbar',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './toolbar.component.html',
  styleUrl: './toolbar.component.css',
})
export class ToolbarComponent {
  /** Absent until the server has answered. */
  readonly status = input<ServerStatus | undefined>();
  /** Of the recording in progress; absent where none is. */
  readonly progress = input<RecordingProgress | undefined>();
  readonly isStarting = input(false);
  readonly canDownload = input(false);

  readonly record = output<StartRequest>();
  readonly stop = output();
  readonly fileOpen = output<File>();
  readonly download = output<DownloadRequest>();

  protected readonly modes = RECORDING_MODES;
  protected readonly modeTitles: Readonly<Record<RecordingMode, string>> = {
    real: 'Keep every sample; show wall-clock time first',
    virtual: 'Keep the samples in which the target used user CPU time; show CPU time first',
    prof: 'Keep the samples in which the target used any CPU time; show CPU time first',
  };
  protected readonly fileTypes = TRACE_FILE_TYPES;
  protected readonly formats = EXPORT_FORMATS.map((format) => ({ format, title: EXPORT_FILES[format].title }));
  protected readonly limits = {
    minFrequency: MIN_FREQUENCY_HZ,
    maxFrequency: MAX_FREQUENCY_HZ,
    maxMinutes: MAX_PERIOD_SECONDS / SECONDS_PER_MINUTE,
  };
  /** What the fields say: of the recording in progress, whoever started it, and after it what it was made with, until the user changes it. */
  protected readonly settings = linkedSignal<RecordingSummary | undefined, FieldTexts>({
    source: () => this.status()?.current,
    computation: (current, previous) =>
      current === undefined ? (previous?.value ?? DEFAULT_TEXTS) : writeFields(current),
  });

  private readonly fileInput = viewChild.required<ElementRef<HTMLInputElement>>('fileInput');
  private readonly formatField = viewChild.required<ElementRef<HTMLSelectElement>>('format');
  private readonly redactField = viewChild.required<ElementRef<HTMLInputElement>>('redact');
  private readonly form = viewChild<ElementRef<HTMLFormElement>>('form');

  protected readonly hasSampler = computed(() => this.status()?.canRecord === true);
  protected readonly isRecording = computed(() => this.status()?.current !== undefined);
  protected readonly figures = computed(() => {
    const progress = this.progress();
    return progress && formatRecording(progress);
  });
  protected readonly target = computed(() => {
    const target = this.status()?.target;
    return target && { text: formatTarget(target), command: formatCommand(target), line: target.commandLine.join(' ') };
  });

  requestRecording(): void {
    const form = this.form()?.nativeElement;
    // The browser says what is wrong with a number, at the number.
    if (form?.reportValidity() !== true) return;
    const { frequency, minutes, mode } = readFields(form);
    this.record.emit({
      frequencyHz: Number(frequency),
      periodSeconds: Number(minutes) * SECONDS_PER_MINUTE,
      mode,
    });
  }

  /** The fields are bound: what was typed has to be known for a recording of somebody else to take its place. */
  protected keepSettings(): void {
    const form = this.form()?.nativeElement;
    if (form !== undefined) this.settings.set(readFields(form));
  }

  chooseFile(): void {
    this.fileInput().nativeElement.click();
  }

  protected requestDownload(): void {
    const { value } = this.formatField().nativeElement;
    this.download.emit({
      format: EXPORT_FORMATS.find((format) => format === value) ?? 'bbprof',
      isRedacted: this.redactField().nativeElement.checked,
    });
  }

  protected takeFile(): void {
    const field = this.fileInput().nativeElement;
    const file = field.files?.[0];
    // Emptied, so that choosing the same file again counts as a choice.
    field.value = '';
    if (file !== undefined) this.fileOpen.emit(file);
  }
}

const readFields = (form: HTMLFormElement): FieldTexts => {
  const values = new FormData(form);
  const text = (name: string): string => values.get(name)?.toString() ?? '';
  return {
    frequency: text('frequency'),
    minutes: text('minutes'),
    mode: RECORDING_MODES.find((mode) => mode === values.get('mode')) ?? DEFAULT_MODE,
  };
};

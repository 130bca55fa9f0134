import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import { EXPORT_FORMATS, MAX_NAME_LENGTH, MAX_NOTE_LENGTH, type RecordingSummary } from '#trace/contract/api.ts';
import type { LossCounts } from '#trace/contract/trace-lines.ts';
import { EXPORT_FILES } from '#trace/formats/export-files.ts';
import { describeFailure } from '../shared/describe-failure.ts';
import { describeAdvice, type Failure } from '../shared/failure.ts';
import {
  formatBytes,
  formatDateAndTime,
  formatDuration,
  formatDurationExactly,
  formatShare,
} from '../shared/format-quantity.ts';
import { nameRecordingFile } from '../shared/recording-file-name.ts';
import { ActivityMonitor } from '../state/activity-monitor.ts';
import { ApiClient } from '../state/api-client.ts';
import { type ChoiceParams, formatChoices } from '../state/choice-params.ts';
import { NO_CHOICES } from '../state/choices.ts';
import { Downloader } from '../state/downloader.ts';
import { ServerMonitor } from '../state/server-monitor.ts';
import { NoticeComponent } from '../views/notice/notice.component.ts';
import {
  computeLostShare,
  describeEnd,
  formatCommand,
  formatLossDetails,
  formatTarget,
} from '../views/toolbar/recording-status.ts';
import { DownloadNoticesComponent } from './download-notices.component.ts';

/** What the server keeps: to open, save, name and delete. */
@Component({
  selector: 'bbp-recordings-page',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [DownloadNoticesComponent, NoticeComponent, RouterLink],
  templateUrl: './recordings-page.component.html',
  styleUrl: './recordings-page.component.css',
})
export class RecordingsPageComponent {
  private readonly api = inject(ApiClient);
  private readonly activity = inject(ActivityMonitor);
  private readonly downloader = inject(Downloader);
  private readonly monitor = inject(ServerMonitor);

  private readonly server = toSignal(this.monitor.state$, { requireSync: true });
  protected readonly recordings = signal<readonly RecordingSummary[] | undefined>(undefined);
  protected readonly failure = signal<Failure | undefined>(undefined);
  /** Id of the recording whose name is being changed, or which waits for a second word before it is deleted. */
  protected readonly renamed = signal<string | undefined>(undefined);
  /** The one for which another is to be chosen, to compare it with. */
  protected readonly compared = signal<RecordingSummary | undefined>(undefined);
  protected readonly compareText = computed(() => (this.compared() === undefined ? 'Compare with…' : 'Do not compare'));
  protected readonly doomed = signal<string | undefined>(undefined);
  protected readonly advice = computed(() => describeAdvice(this.failure()?.code ?? 'internal'));
  protected readonly isViewer = computed(() => this.server().status?.canRecord === false);

  protected readonly time = formatDateAndTime;
  protected readonly duration = formatDuration;
  protected readonly exactDuration = formatDurationExactly;
  protected readonly size = formatBytes;
  protected readonly command = formatCommand;
  protected readonly target = formatTarget;
  protected readonly lossDetails = (losses: LossCounts): string => formatLossDetails(losses);
  protected readonly endText = describeEnd;
  protected readonly formats = EXPORT_FORMATS.map((format) => ({ format, title: EXPORT_FILES[format].title }));
  protected readonly maxNameLength = MAX_NAME_LENGTH;
  protected readonly maxNoteLength = MAX_NOTE_LENGTH;

  private readonly nameField = viewChild<ElementRef<HTMLInputElement>>('nameField');

  constructor() {
    // Whoever asks to rename wants to type.
    afterRenderEffect(() => this.nameField()?.nativeElement.select());
    void this.monitor.refresh();
    void this.attempt(() => this.reload());
  }

  protected lostShare({ losses }: RecordingSummary): string {
    return formatShare(computeLostShare(losses));
  }

  protected nameOf({ name, id }: RecordingSummary): string {
    return name === '' ? id : name;
  }

  protected rename(event: Event, { id, name, note }: RecordingSummary): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const [wanted, wantedNote] = [readText(form, 'name'), readText(form, 'note')];
    this.renamed.set(undefined);
    if (wanted === name && wantedNote === note) return;
    void this.attempt(async () => {
      await this.api.changeRecording(id, { name: wanted, note: wantedNote });
      await this.reload();
    });
  }

  protected toggleCompared(recording: RecordingSummary): void {
    this.compared.update((compared) => (compared?.id === recording.id ? undefined : recording));
  }

  /** The address of a comparison: the earlier one is the side before. */
  protected comparisonOf(one: RecordingSummary, other: RecordingSummary): ChoiceParams {
    const [before, after] = one.startedAt <= other.startedAt ? [one, other] : [other, one];
    return formatChoices({
      ...NO_CHOICES,
      source: { kind: 'recording', id: after.id },
      view: 'compare',
      comparedWith: { kind: 'trace', source: { kind: 'recording', id: before.id }, range: undefined },
    });
  }

  protected remove({ id }: RecordingSummary): void {
    this.doomed.set(undefined);
    void this.attempt(async () => {
      await this.api.deleteRecording(id);
      await this.reload();
    });
  }

  protected download(recording: RecordingSummary, chosen: string): void {
    const format = EXPORT_FORMATS.find((known) => known === chosen) ?? 'bbprof';
    const suffix = format === 'bbprof' ? 'bbprof.gz' : EXPORT_FILES[format].suffix;
    const name = nameRecordingFile(recording, suffix);
    const title = format === 'bbprof' ? `Loading ${name}.` : `The server makes ${name}.`;
    void this.downloader.start(title, async (task) => ({
      name,
      content: await this.api.loadRecordingFile(recording.id, format, task),
    }));
  }

  protected retry(): void {
    void this.attempt(() => this.reload());
  }

  private async reload(): Promise<void> {
    this.recordings.set(await this.api.loadRecordings());
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.failure.set(undefined);
    // Refusals of the server and broken connections are for the user to read.
    try {
      await this.activity.during(work());
    } catch (error: unknown) {
      this.failure.set(describeFailure(error));
    }
  }
}

const readText = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
};

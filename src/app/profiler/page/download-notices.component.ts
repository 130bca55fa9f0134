import { ChangeDetectionStrategy, Component, ElementRef, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { describeAdvice } from '../shared/failure.ts';
import { shareRead } from '../shared/trace-state.ts';
import { Downloader } from '../state/downloader.ts';
import { NoticeComponent } from '../views/notice/notice.component.ts';
import { describeProgress } from './page-notice.ts';

/** Downloads that take their time, each with a button that stops it, and those that failed. */
@Component({
  selector: 'bbp-download-notices',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [NoticeComponent],
  host: { tabindex: '-1' },
  template: `
    @for (download of downloads(); track download.id) {
      @if (download.failure; as failure) {
        <bbp-notice
          data-notice="download-failed"
          tone="error"
          [title]="failure.message"
          [text]="advice(failure.code)"
          action="Dismiss"
          (act)="remove(download.id)"
        />
      } @else {
        <bbp-notice
          data-notice="download"
          [title]="download.title"
          [text]="progress(download)"
          [progress]="share(download)"
          [isOngoing]="true"
          action="Stop the download"
          (act)="remove(download.id)"
        />
      }
    }
  `,
  styles: `
    :host {
      display: block;
      outline: none;
    }
  `,
})
export class DownloadNoticesComponent {
  private readonly downloader = inject(Downloader);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  protected readonly downloads = toSignal(this.downloader.states$, { requireSync: true });
  protected readonly advice = describeAdvice;
  protected readonly progress = describeProgress;
  protected readonly share = shareRead;

  protected remove(id: number): void {
    this.downloader.stop(id);
    // The button goes with its notice: who pressed it by keyboard goes on from here, and not from the top of the page.
    this.host.nativeElement.focus();
  }
}

/** A report: shows the recording that lies in its own page. Asks nobody for anything. */
import { ProfilerError } from '#trace/contract/errors.ts';
import { formatShare } from '../app/profiler/shared/format-quantity.ts';
import { make } from './elements.ts';
import { readRecording } from './read-recording.ts';
import { takeRecording } from './recording-element.ts';
import { Report } from './report.ts';
import { nameReport } from './report-head.ts';

const show = async (): Promise<void> => {
  const recording = takeRecording(document);
  if (recording === undefined) return fail('This page has no recording in it.');
  const progress = make('p', { class: 'notice', role: 'status' }, 'Reading the recording.');
  document.body.replaceChildren(progress);
  // A damaged file ends here, in words.
  try {
    const { model, completeness } = await readRecording(recording.stream, (loaded) => {
      progress.textContent = `Reading the recording: ${formatShare(Math.min(1, loaded / recording.size))}.`;
    });
    document.title = nameReport(model);
    const report = new Report(model, completeness, recording.weight);
    document.body.replaceChildren(report.element, drawFoot());
    report.start();
  } catch (error: unknown) {
    fail(error instanceof ProfilerError ? error.message : `The recording cannot be read: ${String(error)}`);
    if (!(error instanceof ProfilerError)) throw error;
  }
};

const fail = (message: string): void => {
  document.body.replaceChildren(make('p', { class: 'notice error', role: 'alert' }, message));
  document.documentElement.dataset['bbpState'] = 'idle';
};

const drawFoot = (): HTMLElement =>
  make(
    'footer',
    { class: 'bbp-quiet' },
    'Drag over the timeline to select a time, turn the wheel to zoom it. Keys: / searches, arrows walk frames and the selected time, ' +
      'Enter looks at a frame alone, Ctrl+C copies it, Escape goes one step back. This file is the whole recording: Buildbot profiler opens it, too.',
  );

document.addEventListener('DOMContentLoaded', () => void show());

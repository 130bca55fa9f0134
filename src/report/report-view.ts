import type { AnalysisAnswer } from '../app/profiler/shared/analysis-messages.ts';
import type { ReportChoices } from './report-choices.ts';
import type { TimeAxis } from './time-axis.ts';

/** One moment of the report: all views draw the same. */
export interface Shown {
  readonly choices: ReportChoices;
  readonly answer: AnalysisAnswer;
  readonly axis: TimeAxis;
}

export interface ReportActions {
  choose(change: Partial<ReportChoices>): void;
  /** While a hand moves the range, less is computed and drawn. */
  setDragging(isDragging: boolean): void;
}

/** A part of the report: made once, drawn with every choice. */
export interface ReportView {
  readonly element: HTMLElement;
  draw(shown: Shown): void;
}

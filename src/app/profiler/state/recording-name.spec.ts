import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { RecordingSummary } from '#trace/contract/api.ts';
import type { TraceSource } from '../shared/trace-state.ts';
import { ActivityMonitor } from './activity-monitor.ts';
import { type Choices, NO_CHOICES } from './choices.ts';
import { watchRecordingName } from './recording-name.ts';

const RECORDINGS = [
  { id: 'r1', name: 'night' },
  { id: 'r2', name: '' },
] as RecordingSummary[];
const settled = () => new Promise((resolve) => setTimeout(resolve));

const watch = (loadRecordings: () => Promise<readonly RecordingSummary[]>) => {
  const choices$ = new BehaviorSubject<Choices>(NO_CHOICES);
  const names: string[] = [];
  const activity = new ActivityMonitor(document.createElement('div'), (action) => void setTimeout(action));
  const subscription = watchRecordingName(choices$, { loadRecordings }, activity).subscribe((name) => names.push(name));
  const choose = async (source: TraceSource | undefined): Promise<void> => {
    choices$.next({ ...choices$.value, source });
    await settled();
  };
  return { names, choose, choices$, subscription };
};

describe('the name of what is open', () => {
  it('is the one the list of recordings has, and empty for a file', async () => {
    const { names, choose } = watch(() => Promise.resolve(RECORDINGS));
    await choose({ kind: 'recording', id: 'r1' });
    await choose({ kind: 'file', name: 'r1' });
    await choose({ kind: 'recording', id: 'r2' });
    expect(names).toEqual(['', 'night', '']);
  });

  it('is not asked for again where another choice changes', async () => {
    let requests = 0;
    const { choose, choices$ } = watch(() => Promise.resolve(RECORDINGS.slice(requests++)));
    await choose({ kind: 'recording', id: 'r1' });
    choices$.next({ ...choices$.value, search: 'x' });
    expect(requests).toBe(1);
  });

  it('of an answer that comes late is not taken for that of another recording', async () => {
    const answers: ((recordings: readonly RecordingSummary[]) => void)[] = [];
    const { names, choose, subscription } = watch(() => new Promise((resolve) => answers.push(resolve)));
    await choose({ kind: 'recording', id: 'r1' });
    await choose({ kind: 'recording', id: 'r2' });
    for (const answer of answers) answer(RECORDINGS);
    await settled();
    expect(names).toEqual(['']);
    subscription.unsubscribe();
  });

  it('is left out where the server does not answer, and asked for with the next recording', async () => {
    let isGone = true;
    const { names, choose } = watch(() => (isGone ? Promise.reject(new Error('gone')) : Promise.resolve(RECORDINGS)));
    await choose({ kind: 'recording', id: 'r2' });
    isGone = false;
    await choose({ kind: 'recording', id: 'r1' });
    expect(names).toEqual(['', 'night']);
  });
});

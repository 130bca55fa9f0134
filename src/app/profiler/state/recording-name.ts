import { catchError, defer, distinctUntilChanged, map, type Observable, of, startWith, switchMap } from 'rxjs';
import type { ActivityMonitor } from './activity-monitor.ts';
import type { ApiClient } from './api-client.ts';
import type { Choices } from './choices.ts';

/**
 * The name that the user gave the recording that is open; empty where there is none, or none known. It is asked for at each subscription,
 * so that a page that comes back shows what was renamed meanwhile. The trace itself knows only its id.
 */
export const watchRecordingName = (
  choices$: Observable<Choices>,
  api: Pick<ApiClient, 'loadRecordings'>,
  activity: ActivityMonitor,
): Observable<string> =>
  choices$.pipe(
    map(({ source }) => (source?.kind === 'recording' ? source.id : undefined)),
    distinctUntilChanged(),
    switchMap((id) =>
      id === undefined
        ? of('')
        : defer(() => activity.during(api.loadRecordings())).pipe(
            map((recordings) => recordings.find((recording) => recording.id === id)?.name ?? ''),
            // Without the name there is the id. A server that does not answer is told of by the monitor.
            catchError(() => of('')),
            startWith(''),
          ),
    ),
    distinctUntilChanged(),
  );

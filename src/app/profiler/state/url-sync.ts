import { combineLatest, debounceTime, distinctUntilChanged, filter, map, merge, type Observable, tap } from 'rxjs';
import type { ActivatedRoute, Router } from '@angular/router';
import { type ChoiceParams, formatChoices, isSameParams, parseChoices } from './choice-params.ts';
import type { ProfilerStore } from './profiler-store.ts';

/** A choice has settled when nothing changed for this long: a search while it is typed, a range while keys move it. */
const SETTLE_MS = 250;

/**
 * Keeps choices and address together. The store is the truth: the address is written when a choice has settled, never during a gesture, and
 * pushed once, so that Back takes back one choice. An address that was not written here (a link, Back, Forward) is restored.
 */
export const syncUrl = (store: ProfilerStore, router: Router, route: ActivatedRoute): Observable<unknown> => {
  let written: ChoiceParams | undefined;

  const restored$ = route.queryParamMap.pipe(
    tap((params) => {
      const inAddress = formatChoices(parseChoices(params));
      const isFirst = written === undefined;
      if (written !== undefined && isSameParams(inAddress, written)) return;
      written = inAddress;
      // Coming back by the navigation, whose link carries no choices: what was open stays open, and its address is written again.
      const isBareEntry = isFirst && Object.keys(inAddress).length === 0;
      if (!isBareEntry) store.restore(parseChoices(params));
    }),
  );

  const settled$ = combineLatest([store.choices$, store.screen$]).pipe(
    filter(([, { isGesturing }]) => !isGesturing),
    map(([choices]) => formatChoices(choices)),
    distinctUntilChanged(isSameParams),
    debounceTime(SETTLE_MS),
    filter((params) => written !== undefined && !isSameParams(params, written)),
    tap((params) => {
      const isRefinement = written !== undefined && isRefined(written, params);
      written = params;
      void router.navigate([], { relativeTo: route, queryParams: params, replaceUrl: isRefinement });
    }),
  );
  return merge(restored$, settled$);
};

/** Not a step that anyone wants to go back over: a search that goes on, or what the page chose by itself at the start. */
export const isRefined = (before: ChoiceParams, after: ChoiceParams): boolean => {
  if (Object.keys(before).length === 0) return true;
  const { search: searchBefore = '', ...restBefore } = before;
  const { search: searchAfter = '', ...restAfter } = after;
  return searchBefore !== '' && searchAfter !== '' && isSameParams(restBefore, restAfter);
};

import { LocationStrategy, Location as AngularLocation } from '@angular/common';
import type { LocationChangeListener } from '@angular/common';

/** Asks the host to go somewhere. */
export interface HostNavigation {
  /** Path and query below the host's route, `/` for the route itself. */
  readonly location: string;
  /** Whether it takes the place of the present entry of the history. */
  readonly isReplacement: boolean;
}

/**
 * Lets Angular's router work on a location that the host owns: what the router wants to write is handed to the host, which alone writes the
 * history; what the host goes to, it hands in. Nothing here touches `window.location` or `history`.
 */
export class HostLocationStrategy extends LocationStrategy {
  readonly #hrefRoot: string;
  readonly #navigate: (navigation: HostNavigation) => void;
  readonly #listeners = new Set<LocationChangeListener>();
  #current: string;
  #isReleased = false;

  /** `hrefRoot` is what links begin with, such as `#/profiler`. */
  constructor(location: string, hrefRoot: string, navigate: (navigation: HostNavigation) => void) {
    super();
    this.#current = toCanonical(location);
    this.#hrefRoot = hrefRoot;
    this.#navigate = navigate;
  }

  /** Where the host is now; its answer to what was asked of it changes nothing. */
  take(location: string): void {
    const next = toCanonical(location);
    if (this.#isReleased || next === this.#current) return;
    this.#current = next;
    for (const listener of this.#listeners) listener({ type: 'popstate', state: null });
  }

  /** The location is somebody else's from now on: whatever is still under way changes it no more. */
  release(): void {
    this.#isReleased = true;
    this.#listeners.clear();
  }

  override path(): string {
    return this.#current;
  }

  override prepareExternalUrl(internal: string): string {
    return this.#hrefRoot + toHostLocation(toCanonical(internal));
  }

  /** What a router keeps with an entry of the history; the host's router has its own there. */
  override getState(): unknown {
    return null;
  }

  override pushState(_state: unknown, _title: string, url: string, query: string): void {
    this.#write(url, query, { isReplacement: false });
  }

  override replaceState(_state: unknown, _title: string, url: string, query: string): void {
    this.#write(url, query, { isReplacement: true });
  }

  override forward(): void {
    throw new Error('The history is the host’s');
  }

  override back(): void {
    throw new Error('The history is the host’s');
  }

  override onPopState(listener: LocationChangeListener): void {
    this.#listeners.add(listener);
  }

  override getBaseHref(): string {
    return '';
  }

  #write(url: string, query: string, { isReplacement }: Pick<HostNavigation, 'isReplacement'>): void {
    const next = toCanonical(url + AngularLocation.normalizeQueryParams(query));
    // The router writes the address it has just been given, too.
    if (this.#isReleased || next === this.#current) return;
    this.#current = next;
    this.#navigate({ location: toHostLocation(next), isReplacement });
  }
}

/** `/` for the route itself, and no other slash at the end of a path: so that equal places are equal texts. */
const toCanonical = (location: string): string => {
  const [, path = '', query = ''] = /^([^?]*)(.*)$/s.exec(location) ?? [];
  return `/${path.replace(/^\/+|\/+$/g, '')}${query === '?' ? '' : query}`;
};

/** As it is appended to the host's route. */
const toHostLocation = (canonical: string): string =>
  canonical.startsWith('/?') || canonical === '/' ? canonical.slice(1) : canonical;

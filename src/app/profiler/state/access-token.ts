/**
 * The key to the server's API. The printed URL carries it in its fragment (`#token=…`), which browsers never send; the page takes it
 * out of the address at once, so that it ends up in no bookmark, screenshot or shared link.
 */
const STORAGE_KEY = 'bbp-token';
const FRAGMENT = /^#(?:.*&)?token=([^&]+)/;

/** Longer than any token the server prints; what is longer was not printed by it. */
const MAX_TOKEN_LENGTH = 256;

export interface TokenPlaces {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  readonly history: Pick<History, 'replaceState' | 'state'>;
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
}

export class AccessToken {
  readonly value: string | undefined;

  private constructor(value: string | undefined) {
    this.value = value;
  }

  /** Call before the router starts: it would otherwise carry the fragment along. */
  static take({ location, history, storage }: TokenPlaces): AccessToken {
    const given = FRAGMENT.exec(location.hash)?.[1];
    if (given === undefined) return new AccessToken(storage.getItem(STORAGE_KEY) ?? undefined);
    history.replaceState(history.state, '', location.pathname + location.search);
    const token = decodeToken(given);
    if (token !== undefined) storage.setItem(STORAGE_KEY, token);
    return new AccessToken(token);
  }
}

const decodeToken = (text: string): string | undefined => {
  if (text.length > MAX_TOKEN_LENGTH) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray % makes decodeURIComponent throw a URIError: then the text is no token of ours.
    return undefined;
  }
};

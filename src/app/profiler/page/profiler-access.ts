import type { Provider } from '@angular/core';
import { AccessToken } from '../state/access-token.ts';
import { API_OPTIONS } from '../state/api-client.ts';

/**
 * Where the feature finds its server when it has a page of its own, and the key to it. Call before the router starts, which would otherwise see the token in the address;
 * apart from the rest of the feature, so that it loads with the shell.
 */
export const provideProfilerAccess = (): Provider => {
  const { value: token } = AccessToken.take({ location, history, storage: sessionStorage });
  return { provide: API_OPTIONS, useValue: { baseUrl: document.baseURI, token } };
};

/** Inside a page of somebody else: whoever serves that knows the user, so there is no key. `baseUrl` ends in a slash. */
export const provideEmbeddedAccess = (baseUrl: string): Provider => ({
  provide: API_OPTIONS,
  useValue: { baseUrl, token: undefined },
});

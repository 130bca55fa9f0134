/** Name of the element's module, which changes with its content: put in by the build. */
declare const BBP_ENTRY: string;

/**
 * Where the plugin is served, ending in a slash. Only a classic script knows where it is from, and only while it runs. All addresses follow
 * from it: those of the page say nothing of the plugin's place.
 */
export const PLUGIN_URL = new URL('.', (document.currentScript as HTMLScriptElement).src).href;

let failures = 0;
let loading: Promise<unknown> | undefined;

/** Resolves when the element is defined; rejects where its files cannot be loaded, and tries again when called again. */
export const importElement = (): Promise<unknown> => (loading ??= load());

const load = async (): Promise<unknown> => {
  const { href } = new URL(BBP_ENTRY, PLUGIN_URL);
  // A browser remembers that a module could not be loaded. Under another address it is another.
  try {
    return await import(failures === 0 ? href : `${href}?attempt=${failures + 1}`);
  } catch (error: unknown) {
    failures++;
    loading = undefined;
    throw error;
  }
};

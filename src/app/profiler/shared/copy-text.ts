/**
 * Puts text into the clipboard, for a click or a key. Browsers keep their clipboard from pages that came over plain http, as those of most masters do; the old command still works there.
 *
 * @returns whether it is in the clipboard
 */
export const copyText = async (text: string): Promise<boolean> => {
  // Absent where the page is not trusted, whatever its type says.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard === undefined) return copyByCommand(text);
  // A browser may refuse it all the same, as inside a frame.
  try {
    await clipboard.writeText(text);
    return true;
  } catch {
    return copyByCommand(text);
  }
};

/** The command copies what is selected: for a moment that is a field of its own, which takes neither the focus for good nor a place on the screen. */
const copyByCommand = (text: string): boolean => {
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.setAttribute('aria-hidden', 'true');
  field.style.cssText = 'position: fixed; top: 0; left: 0; width: 1px; height: 1px; opacity: 0';
  const focused = findFocused();
  document.body.append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } finally {
    field.remove();
    focused?.focus({ preventScroll: true });
  }
};

/** Inside Buildbot the focus is in a shadow root. */
const findFocused = (): HTMLElement | undefined => {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused instanceof HTMLElement ? focused : undefined;
};

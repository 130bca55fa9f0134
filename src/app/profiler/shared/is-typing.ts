/** Whether a key belongs to a field; also one in a shadow root, for which the event's own target is the root's element. */
export const isTyping = (event: Event): boolean => {
  const [target] = event.composedPath();
  return (
    target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
  );
};

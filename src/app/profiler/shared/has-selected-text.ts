/** Whether the user has marked text near an element: then copying is about that text. */
export const hasSelectedText = (near: Node): boolean => {
  const root = near.getRootNode();
  // Chromium tells of what is marked inside a shadow root only there; others have no such function.
  const selection =
    root instanceof ShadowRoot && 'getSelection' in root
      ? (root.getSelection as () => Selection | null)()
      : document.getSelection();
  return selection?.isCollapsed === false;
};

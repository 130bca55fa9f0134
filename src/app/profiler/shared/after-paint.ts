/** Does something once what is there now has been painted, so that the picture does not wait for it. @returns what takes it back */
export const afterPaint = (action: () => void): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  // The frame is drawn right after this, and tasks come after that.
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(action);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
};

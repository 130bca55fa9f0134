/** Tells the width of an element in CSS pixels, at first and after each change. The answer stops it. */
export const observeWidth = (element: Element, onWidth: (width: number) => void): (() => void) => {
  let last = -1;
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === last) return;
    last = width;
    onWidth(width);
  });
  observer.observe(element);
  return () => observer.disconnect();
};

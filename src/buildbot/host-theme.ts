/** Of sRGB's luminance; colours below it are told apart as dark. */
const DARK_BELOW = 0.5;

/** Of a page that paints none. */
const WHITE = 'rgb(255, 255, 255)';

/**
 * Keeps `color-scheme` of an element as light or dark as what is behind it, whatever the system prefers. The host has no other sign of its
 * theme than the values of its variables, which it writes to the root element.
 */
export const followHostTheme = (element: HTMLElement): (() => void) => {
  const update = (): void => {
    element.style.colorScheme = isDark(findBackground(element)) ? 'dark' : 'light';
  };
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributes: true });
  update();
  return () => observer.disconnect();
};

/** The first colour that is painted behind an element. */
const findBackground = ({ parentElement }: Element): string => {
  if (parentElement === null) return WHITE;
  const { backgroundColor } = getComputedStyle(parentElement);
  const isTransparent = backgroundColor === 'transparent' || /^rgba\(.*, 0\)$/.test(backgroundColor);
  return isTransparent ? findBackground(parentElement) : backgroundColor;
};

/** Whether a computed colour, `rgb(…)`, is dark. Anything else counts as light. */
export const isDark = (color: string): boolean => {
  const [red, green, blue] = (/^rgba?\(([^)]*)\)$/.exec(color)?.[1] ?? '').split(/[\s,/]+/).map(Number);
  if (red === undefined || green === undefined || blue === undefined) return false;
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255 < DARK_BELOW;
};

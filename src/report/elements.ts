/** Elements of the report. Text goes in as text and attributes by name: nothing from a recording is ever read as HTML, style or script. */
type Child = Node | string | undefined;
type Attributes = Readonly<Record<string, string | number | undefined>>;

const SVG = 'http://www.w3.org/2000/svg';

export const make = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] => fill(document.createElement(name), attributes, children);

export const makeSvg = <Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] => fill(document.createElementNS(SVG, name), attributes, children);

const fill = <Made extends Element>(made: Made, attributes: Attributes, children: readonly Child[]): Made => {
  setAttributes(made, attributes);
  made.append(...children.filter((child) => child !== undefined));
  return made;
};

/** Those that are undefined are taken away. */
export const setAttributes = (target: Element, attributes: Attributes): void => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) target.removeAttribute(name);
    else target.setAttribute(name, String(value));
  }
};

export const makeButton = (text: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement => {
  const button = make('button', { type: 'button', ...attributes }, text);
  button.addEventListener('click', onClick);
  return button;
};

/** CSS pixels or percent, by the style's own interface: a style attribute would be refused. */
export const place = (target: HTMLElement | SVGElement, style: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(style)) target.style.setProperty(name, value);
};

const FOCUSABLE = 'button, input, select, [tabindex]';

/** New content in place of the old. What had the focus has it again: the one of the same name, else the one at the same place. */
export const replaceContent = (parent: Element, ...children: readonly Child[]): void => {
  const focused = document.activeElement;
  const isWithin = focused !== null && focused !== parent && parent.contains(focused);
  const at = isWithin ? Array.from(parent.querySelectorAll(FOCUSABLE)).indexOf(focused) : -1;
  const name = focused?.getAttribute('data-key');
  parent.replaceChildren(...children.filter((child) => child !== undefined));
  if (at < 0) return;
  const candidates = Array.from(parent.querySelectorAll<HTMLElement>(FOCUSABLE));
  const same = candidates.find((candidate) => candidate.getAttribute('data-key') === name);
  ((name ? same : undefined) ?? candidates[Math.min(at, candidates.length - 1)])?.focus({ preventScroll: true });
};

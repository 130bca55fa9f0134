/** Long enough for the browser to tell that a colour has changed, and too short to be seen. */
const CHANGE_MS = 1;

/**
 * CSS colours as a canvas takes them. Variables that follow the theme cannot be read back as a colour; the computed colour of an element can. Each colour asked for gets such an element. That
 * it has a transition makes the browser tell when its colour changes, whatever the cause: the system's theme, the page's own switch, or a host that sets its variables anew.
 */
export class ThemeColors {
  readonly #samples: HTMLElement;
  readonly #colors = new Map<string, string>();
  readonly #elements = new Map<string, HTMLElement>();
  readonly #changed: () => void;

  constructor(host: HTMLElement, onChange: () => void) {
    this.#samples = host.ownerDocument.createElement('div');
    Object.assign(this.#samples.style, { position: 'absolute', width: '0', height: '0', visibility: 'hidden' });
    host.append(this.#samples);
    this.#changed = () => {
      this.#colors.clear();
      onChange();
    };
    this.#samples.addEventListener('transitionend', this.#changed);
  }

  resolve(cssColor: string): string {
    const known = this.#colors.get(cssColor);
    if (known !== undefined) return known;
    const { color } = getComputedStyle(this.#elements.get(cssColor) ?? this.#addSample(cssColor));
    this.#colors.set(cssColor, color);
    return color;
  }

  destroy(): void {
    this.#samples.removeEventListener('transitionend', this.#changed);
    this.#samples.remove();
  }

  #addSample(cssColor: string): HTMLElement {
    const sample = this.#samples.ownerDocument.createElement('i');
    sample.style.color = cssColor;
    sample.style.transition = `color ${CHANGE_MS}ms`;
    this.#samples.append(sample);
    this.#elements.set(cssColor, sample);
    return sample;
  }
}

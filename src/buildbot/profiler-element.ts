import { EmbeddedApp } from './embedded-app.ts';
import { HostLocationStrategy, type HostNavigation } from './host-location-strategy.ts';

/** Its detail is a {@link HostNavigation}. */
export const NAVIGATE_EVENT = 'bbp-navigate';

/** What was looked at when the profiler was left: the menu leads to the bare route, and back to it. */
let lastLocation = '';

/** `<bbp-profiler>`: the profiler inside a page of somebody else. See the folder's README for its attributes. */
export class ProfilerElement extends HTMLElement {
  static readonly observedAttributes = ['location'];

  #location: HostLocationStrategy | undefined;
  #app: EmbeddedApp | undefined;

  connectedCallback(): void {
    this.style.display = 'block';
    const given = this.#read();
    const isBareEntry = given === '' && lastLocation !== '';
    const location = isBareEntry ? lastLocation : given;
    this.#location = new HostLocationStrategy(location, this.getAttribute('href-root') ?? '', (navigation) =>
      this.#navigate(navigation),
    );
    // Not at once: who puts the element on its page cannot have listened to it yet.
    if (isBareEntry) queueMicrotask(() => this.#navigate({ location, isReplacement: true }));
    this.#app = new EmbeddedApp({ element: this, location: this.#location, baseUrl: this.#baseUrl });
    this.#app.start().catch(reportError);
  }

  disconnectedCallback(): void {
    lastLocation = this.#read();
    this.#app?.end();
    this.#app = undefined;
    this.#location = undefined;
  }

  attributeChangedCallback(): void {
    this.#location?.take(this.#read());
  }

  get #baseUrl(): string {
    return new URL(this.getAttribute('base-url') ?? '.', import.meta.url).href;
  }

  #read(): string {
    return this.getAttribute('location') ?? '';
  }

  #navigate(detail: HostNavigation): void {
    this.dispatchEvent(new CustomEvent<HostNavigation>(NAVIGATE_EVENT, { detail }));
  }
}

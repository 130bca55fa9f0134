/** One life of the app, from when its element is put on a page until it is taken away. */
import { LocationStrategy } from '@angular/common';
import { type ApplicationRef, createComponent, importProvidersFrom, Injectable, type Provider } from '@angular/core';
import { createApplication } from '@angular/platform-browser';
import { provideRouter, Router, TitleStrategy } from '@angular/router';
import { provideEmbeddedAccess } from '../app/profiler/page/profiler-access.ts';
import { ACTIVITY_ROOT } from '../app/profiler/page/profiler-context.ts';
import { ProfilerModule } from '../app/profiler/profiler.module.ts';
import { EmbeddedComponent } from './embedded.component.ts';
import type { HostLocationStrategy } from './host-location-strategy.ts';
import { followHostTheme } from './host-theme.ts';

export interface EmbeddedAppOptions {
  /** Gets the app's root element, and says whether anything is under way. */
  readonly element: HTMLElement;
  readonly location: HostLocationStrategy;
  /** Where the plugin is served, ending in a slash. */
  readonly baseUrl: string;
}

/** The title of the browser's tab is the host's. */
@Injectable()
class HostTitle extends TitleStrategy {
  override updateTitle(): void {
    // Nothing: see above.
  }
}

export class EmbeddedApp {
  readonly #options: EmbeddedAppOptions;
  readonly #root = document.createElement('bbp-embedded');
  #app: ApplicationRef | undefined;
  #unfollowTheme: (() => void) | undefined;
  #isOver = false;

  constructor(options: EmbeddedAppOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { element, location } = this.#options;
    const app = await createApplication({ providers: this.#provide(location) });
    // Taken away while it was being made.
    if (this.#isOver) return app.destroy();
    this.#app = app;
    element.append(this.#root);
    const { hostView } = createComponent(EmbeddedComponent, {
      environmentInjector: app.injector,
      hostElement: this.#root,
    });
    app.attachView(hostView);
    this.#unfollowTheme = followHostTheme(this.#root);
    // Only a bootstrapped component would start the router by itself.
    app.injector.get(Router).initialNavigation();
  }

  /** Lets go of everything: worker, connection, elements, listeners, subscriptions. */
  end(): void {
    this.#isOver = true;
    this.#options.location.release();
    this.#unfollowTheme?.();
    this.#app?.destroy();
    this.#root.remove();
  }

  /** Not lazily, as the shell does: all of it came with the visit, and what a lazy route provides is not destroyed with its app. */
  #provide(location: HostLocationStrategy): Provider[] {
    return [
      provideEmbeddedAccess(this.#options.baseUrl),
      { provide: ACTIVITY_ROOT, useValue: this.#options.element },
      { provide: LocationStrategy, useValue: location },
      { provide: TitleStrategy, useClass: HostTitle },
      importProvidersFrom(ProfilerModule),
      provideRouter([{ path: '**', redirectTo: '' }]),
    ] as unknown as Provider[];
  }
}

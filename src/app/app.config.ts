import { type ApplicationConfig, provideBrowserGlobalErrorListeners } from '@angular/core';
import { provideRouter, TitleStrategy } from '@angular/router';
import { APP_ROUTES } from './app.routes.ts';
import { PageTitle } from './page-title.ts';
import { provideProfilerAccess } from './profiler/page/profiler-access.ts';
import { ThemeChoice } from './theme-choice.ts';

/** Made before the router starts: the access to the server comes with the address, and leaves it. */
export const buildAppConfig = (): ApplicationConfig => ({
  providers: [
    provideProfilerAccess(),
    provideBrowserGlobalErrorListeners(),
    provideRouter(APP_ROUTES),
    { provide: TitleStrategy, useClass: PageTitle },
    { provide: ThemeChoice, useFactory: () => new ThemeChoice() },
  ],
});

import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import {
  type IsActiveMatchOptions,
  NavigationEnd,
  Router,
  RouterLink,
  RouterLinkActive,
  RouterOutlet,
} from '@angular/router';
import { filter, map } from 'rxjs';
import { ThemeChoice, THEMES, type Theme } from './theme-choice.ts';

/** The frame around the feature: what a master's web UI has, so that the feature is at home in both. */
@Component({
  selector: 'bbp-root',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [RouterLink, RouterLinkActive, RouterOutlet],
  templateUrl: './app.component.html',
  styleUrl: './app.component.css',
})
export class AppComponent {
  private readonly router = inject(Router);
  private readonly themeChoice = inject(ThemeChoice);

  /** The feature's first page lies above the other, whatever is chosen on it. */
  protected readonly exactPath: IsActiveMatchOptions = {
    paths: 'exact',
    queryParams: 'ignored',
    matrixParams: 'ignored',
    fragment: 'ignored',
  };
  protected readonly themes = THEMES;
  protected readonly theme = this.themeChoice.theme;
  /** Only narrow screens hide the navigation. */
  protected readonly isNavigationOpen = signal(false);
  protected readonly title = toSignal(
    this.router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(({ urlAfterRedirects }) =>
        urlAfterRedirects.startsWith('/profiler/recordings') ? 'Recordings' : 'Profiler',
      ),
    ),
    { initialValue: 'Profiler' },
  );

  protected selectTheme(theme: string): void {
    this.themeChoice.select(theme as Theme);
  }
}

import { ChangeDetectionStrategy, Component, ViewEncapsulation } from '@angular/core';
import { type IsActiveMatchOptions, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';

/**
 * The feature without a frame: the host has its own. In a shadow root, so that neither the host's styles (Bootstrap) reach in nor ours reach
 * out; its variables (`--bb-*`) do reach in, through tokens.css.
 */
@Component({
  selector: 'bbp-embedded',
  changeDetection: ChangeDetectionStrategy.OnPush,
  encapsulation: ViewEncapsulation.ShadowDom,
  imports: [RouterLink, RouterLinkActive, RouterOutlet],
  templateUrl: './embedded.component.html',
  styleUrls: ['../styles/tokens.css', '../styles/base.css', '../styles/charts.css', './embedded.component.css'],
})
export class EmbeddedComponent {
  /** The feature's first page lies above the other, whatever is chosen on it. */
  protected readonly exactPath: IsActiveMatchOptions = {
    paths: 'exact',
    queryParams: 'ignored',
    matrixParams: 'ignored',
    fragment: 'ignored',
  };
}

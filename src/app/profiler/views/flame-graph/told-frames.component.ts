import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { FLAME_ROW_HEIGHT, type FlameBox } from './flame-layout.ts';
import type { ToldFrame } from './told-frames.ts';

/** Items of the tree that assistive technology is told. Apart from the flame graph, so that none of them is looked at for each picture of a drag. */
@Component({
  selector: 'bbp-told-frames',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './told-frames.component.html',
  styleUrl: './told-frames.component.css',
})
export class ToldFramesComponent {
  readonly frames = input.required<readonly ToldFrame[]>();
  readonly active = input<FlameBox | undefined>();

  protected readonly rowHeight = FLAME_ROW_HEIGHT;
}

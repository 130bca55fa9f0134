import { NgModule } from '@angular/core';
import { RouterModule } from '@angular/router';
import { provideProfiler } from './page/profiler-context.ts';
import { ProfilerPageComponent } from './page/profiler-page.component.ts';
import { RecordingsPageComponent } from './page/recordings-page.component.ts';

/** The feature: both of its pages, below whatever route it is put at, and what they share for as long as it is loaded. */
@NgModule({
  imports: [
    RouterModule.forChild([
      { path: '', pathMatch: 'full', component: ProfilerPageComponent, title: 'Profiler' },
      { path: 'recordings', component: RecordingsPageComponent, title: 'Recordings' },
    ]),
  ],
  providers: [provideProfiler()],
})
export class ProfilerModule {}

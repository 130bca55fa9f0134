import type { Routes } from '@angular/router';

export const APP_ROUTES: Routes = [
  { path: '', pathMatch: 'full', redirectTo: 'profiler' },
  {
    path: 'profiler',
    loadChildren: () => import('./profiler/profiler.module.ts').then((module) => module.ProfilerModule),
  },
  { path: '**', redirectTo: 'profiler' },
];

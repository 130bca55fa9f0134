import { Location, LocationStrategy } from '@angular/common';
import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router, RouterLink, RouterOutlet } from '@angular/router';
import { describe, expect, it } from 'vitest';
import { HostLocationStrategy, type HostNavigation } from './host-location-strategy.ts';

@Component({ template: '' })
class EmptyPage {}

@Component({
  imports: [RouterLink, RouterOutlet],
  template: '<router-outlet /><a routerLink="/recordings" [queryParams]="{ view: 1 }">Recordings</a>',
})
class Root {}

const start = async (location: string) => {
  const asked: HostNavigation[] = [];
  const strategy = new HostLocationStrategy(location, '#/profiler', (navigation) => asked.push(navigation));
  TestBed.configureTestingModule({
    providers: [
      { provide: LocationStrategy, useValue: strategy },
      provideRouter([
        { path: '', pathMatch: 'full', component: EmptyPage },
        { path: 'recordings', component: EmptyPage },
        { path: '**', redirectTo: '' },
      ]),
    ],
  });
  const router = TestBed.inject(Router);
  const fixture = TestBed.createComponent(Root);
  router.initialNavigation();
  await fixture.whenStable();
  await expect.poll(() => router.navigated).toBe(true);
  return { asked, fixture, router, strategy };
};

describe("the router on a host's location", () => {
  it('starts where the host is, and asks for nothing', async () => {
    const { asked, router } = await start('/recordings?view=1');
    expect(router.url).toBe('/recordings?view=1');
    expect(asked).toEqual([]);
  });

  it.each(['', '/', '?', '/?'])('takes %j for the route itself', async (location) => {
    const { asked, router } = await start(location);
    expect(router.url).toBe('/');
    expect(asked).toEqual([]);
  });

  it('asks the host to go where the router goes', async () => {
    const { asked, router } = await start('?a=1');
    await router.navigateByUrl('/recordings');
    await router.navigate([], { queryParams: { range: '1-2' }, replaceUrl: true });
    await router.navigateByUrl('/?b=2');
    expect(asked).toEqual([
      { location: '/recordings', isReplacement: false },
      { location: '/recordings?range=1-2', isReplacement: true },
      { location: '?b=2', isReplacement: false },
    ]);
  });

  it('goes where the host goes, and asks for nothing then', async () => {
    const { asked, router, strategy } = await start('?a=1');
    strategy.take('/recordings?a=2');
    await expect.poll(() => router.url).toBe('/recordings?a=2');
    strategy.take('');
    await expect.poll(() => router.url).toBe('/');
    expect(asked).toEqual([]);
  });

  it('takes no notice where the host does what it was asked for', async () => {
    const { asked, router, strategy } = await start('');
    await router.navigateByUrl('/recordings?x=1');
    strategy.take(asked[0]!.location);
    await expect.poll(() => router.url).toBe('/recordings?x=1');
    expect(asked).toHaveLength(1);
  });

  it('leads from an address that there is none at to the first page, in the place of that', async () => {
    const { asked, router } = await start('/nowhere');
    expect(router.url).toBe('/');
    expect(asked).toEqual([{ location: '', isReplacement: true }]);
  });

  it('makes links that the host understands', async () => {
    const { fixture } = await start('');
    const link = (fixture.nativeElement as HTMLElement).querySelector('a')!;
    expect(link.getAttribute('href')).toBe('#/profiler/recordings?view=1');
    expect(TestBed.inject(Location).prepareExternalUrl('/')).toBe('#/profiler');
  });

  it('is let go of: nothing is asked for any more, nothing is heard', async () => {
    const { asked, router, strategy } = await start('');
    strategy.release();
    await router.navigateByUrl('/recordings');
    strategy.take('?a=1');
    expect(asked).toEqual([]);
    expect(router.url).toBe('/recordings');
  });
});

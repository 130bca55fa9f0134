/** The standalone viewer in a browser that reaches nothing but the viewer's own static files. */
import type { Browser } from '@playwright/test';
import { ProfilerPage } from '../pages/profiler-page.ts';
import { watchContext } from '../profiler-test.ts';
import { ProfilerServer } from './profiler-server.ts';

export const withOfflineViewer = async <T>(
  browser: Browser,
  recordings: string,
  look: (profiler: ProfilerPage) => Promise<T>,
): Promise<T> => {
  const viewer = await ProfilerServer.start(['view', '--recordings', recordings]);
  const context = await browser.newContext();
  try {
    const complaints: string[] = [];
    await watchContext(context, complaints);
    await context.route(
      ({ origin }) => origin !== viewer.url.origin,
      (route) => route.abort('internetdisconnected'),
    );
    const profiler = new ProfilerPage(await context.newPage());
    await profiler.goto(viewer.url);
    const result = await look(profiler);
    if (complaints.length > 0) throw new Error(`The viewer complained:\n${complaints.join('\n')}`);
    return result;
  } finally {
    await context.close();
    await viewer.stop();
  }
};

/** speedscope from npm, opened in a browser without a server or a network, as a reader of what we write. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { ROOT } from './child-process.ts';

const RELEASE = path.join(ROOT, 'node_modules/speedscope/dist/release');
/** Never asked: its requests are answered from the disk. */
const ADDRESS = 'http://speedscope.localhost/';

interface SpeedscopeFile {
  readonly shared: { readonly frames: readonly { readonly name: string; readonly file?: string }[] };
  readonly profiles: readonly SpeedscopeProfile[];
}

interface SpeedscopeProfile {
  readonly name: string;
  readonly unit: string;
  readonly type: 'sampled' | 'evented';
  readonly samples?: readonly (readonly number[])[];
  readonly weights?: readonly number[];
  readonly events?: readonly { readonly type: 'O' | 'C'; readonly at: number; readonly frame: number }[];
}

/** A profile as speedscope understood it. */
export interface ReadProfile {
  readonly name: string;
  readonly unit: string;
  /** Frames as `name file` from the outermost in, and how long they were there. */
  readonly stacks: readonly { readonly functions: readonly string[]; readonly weight: number }[];
}

/** Opens the file in speedscope, and saves what it made of it: with all digits, which its tables do not show. */
export const readWithSpeedscope = async (page: Page, file: string, folder: string): Promise<readonly ReadProfile[]> => {
  await page.route(`${ADDRESS}**`, (route) => {
    const { pathname } = new URL(route.request().url());
    return route.fulfill({ path: path.join(RELEASE, pathname === '/' ? 'index.html' : path.basename(pathname)) });
  });
  await page.goto(ADDRESS);
  await page.locator('input[type=file]').first().setInputFiles(file);
  // Only there once a profile is.
  const save = page.getByText('Export').first();
  const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
  const saved = path.join(folder, 'saved.speedscope.json');
  await download.saveAs(saved);
  const { shared, profiles } = JSON.parse(await readFile(saved, 'utf8')) as SpeedscopeFile;
  const names = shared.frames.map(({ name, file: place }) => `${name} ${place ?? ''}`);
  return profiles.map((profile) => ({
    name: profile.name,
    unit: profile.unit,
    stacks: listStacks(profile, names),
  }));
};

const listStacks = (
  { type, samples, weights, events }: SpeedscopeProfile,
  names: readonly string[],
): ReadProfile['stacks'] => {
  if (type === 'sampled') {
    return samples!.map((frames, index) => ({
      functions: frames.map((frame) => names[frame]!),
      weight: weights![index]!,
    }));
  }
  const stacks: { functions: string[]; weight: number }[] = [];
  const open: string[] = [];
  let last = 0;
  for (const { type: kind, at, frame } of events!) {
    if (at > last) stacks.push({ functions: [...open], weight: at - last });
    last = at;
    if (kind === 'O') open.push(names[frame]!);
    else open.pop();
  }
  return stacks;
};

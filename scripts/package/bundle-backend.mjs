/** The backend as plain JavaScript with all packages in it: nothing but Node is needed to run it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fromRoot } from '../steps/project.mjs';

/** Packages that are no ES modules ask for Node's own modules by `require`. */
const BANNER =
  "import { createRequire as bbpCreateRequire } from 'node:module'; const require = bbpCreateRequire(import.meta.url);";

const MANIFEST = "readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')";

/** Where files of a clone lie is said relative to the sources; here each is beside the program, in one folder. */
const placesFor = (version) => ({
  'plugin/src/cli/version.ts': [[MANIFEST, JSON.stringify(JSON.stringify({ version }))]],
  'plugin/src/sampler/version.ts': [[MANIFEST, JSON.stringify(JSON.stringify({ version }))]],
  'plugin/src/sampler/sampler.ts': [["'./sampler-worker.ts'", "'./sampler-worker.mjs'"]],
  'plugin/src/cli/built-files.ts': [
    ["'../../../dist/web'", "'../page'"],
    ["'../../../dist/report/report.html'", "'../page/report.html'"],
  ],
  'plugin/src/cli/remedies.ts': [["'../../bin/bbprofiler.mjs'", "'./bbprofiler.mjs'"]],
  'plugin/src/cli/demo-master.ts': [["'../../demo/demo_master.py'", "'./demo/demo_master.py'"]],
});

const movePlaces = (version) => ({
  name: 'places of files',
  setup(build) {
    const places = placesFor(version);
    const moved = new Set();
    build.onLoad({ filter: /\/plugin\/src\/.*\.ts$/ }, async ({ path: file }) => {
      const name = path.relative(fromRoot(), file);
      let contents = await readFile(file, 'utf8');
      for (const [from, to] of places[name] ?? []) {
        if (!contents.includes(from)) throw new Error(`${name} has no ${from} any more: see bundle-backend.mjs`);
        contents = contents.replace(from, () => to);
        moved.add(name);
      }
      // A place that nobody moves would be looked for beside the package.
      if (places[name] === undefined && /new URL\(['"]\./.test(contents))
        throw new Error(`${name} names a file by its place: see bundle-backend.mjs`);
      return { contents, loader: 'ts' };
    });
    build.onEnd(() => {
      const missing = Object.keys(places).filter((name) => !moved.has(name));
      if (missing.length > 0) throw new Error(`not in the bundle: ${missing.join(', ')}`);
    });
  },
});

/** Writes `bbprofiler.mjs`, its worker and their shared chunks into `folder`. @returns names of the npm packages in them */
export const bundleBackend = async (folder, version) => {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    entryPoints: {
      bbprofiler: fromRoot('plugin', 'src', 'cli', 'main.ts'),
      'sampler-worker': fromRoot('plugin', 'src', 'sampler', 'sampler-worker.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: fromRoot(),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay: what the terminal shows of an unforeseen failure has to be readable.
    keepNames: true,
    legalComments: 'none',
    banner: { js: BANNER },
    metafile: true,
    logLevel: 'warning',
    plugins: [movePlaces(version)],
  });
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const [, name] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(input) ?? [];
    if (name !== undefined)
      packages.add(input.slice(0, input.lastIndexOf(`node_modules/${name}/`)) + `node_modules/${name}`);
  }
  return [...packages].sort();
};

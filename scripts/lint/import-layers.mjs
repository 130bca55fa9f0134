/**
 * The allow-list of imports. A folder is a layer; a file may import its own layer and those that its layer names,
 * nothing else. Order is bottom up, so a layer names only layers above it in this list.
 *
 * `packages` are the npm packages (and `node:` modules) that a layer may use beside them; `any` allows all.
 */
const ANGULAR = ['@angular/**', 'rxjs', 'rxjs/**'];
const DRAWING = ['d3', 'd3-*'];
/** All that runs beside a master, but for what is asked on the command line. */
const BACKEND = [
  'contract',
  'model',
  'analysis',
  'formats',
  'memory',
  'elf',
  'cpython',
  'sampler',
  'recording',
  'session',
  'server',
];

const LAYERS = [
  // The language both sides speak: imports nothing outside itself, not even node: or the DOM.
  { name: 'contract', folder: 'trace/contract', layers: [], packages: [] },
  { name: 'model', folder: 'trace/model', layers: ['contract'], packages: [] },
  { name: 'analysis', folder: 'trace/analysis', layers: ['contract', 'model'], packages: [] },
  { name: 'formats', folder: 'trace/formats', layers: ['contract', 'model', 'analysis'], packages: [] },

  // The backend sampler, bottom up. Only cpython and above know what is in the target's memory.
  { name: 'memory', folder: 'plugin/src/memory', layers: ['contract'], packages: ['node:*'] },
  { name: 'elf', folder: 'plugin/src/elf', layers: ['contract', 'memory'], packages: ['node:*'] },
  { name: 'cpython', folder: 'plugin/src/cpython', layers: ['contract', 'memory', 'elf'], packages: ['node:*'] },
  {
    name: 'sampler',
    folder: 'plugin/src/sampler',
    layers: ['contract', 'memory', 'elf', 'cpython'],
    packages: ['node:*'],
  },
  {
    name: 'recording',
    folder: 'plugin/src/recording',
    layers: ['contract', 'model', 'analysis', 'formats'],
    packages: ['node:*'],
  },
  {
    name: 'session',
    folder: 'plugin/src/session',
    layers: ['contract', 'model', 'analysis', 'formats', 'sampler', 'recording'],
    packages: ['node:*'],
  },
  {
    name: 'server',
    folder: 'plugin/src/server',
    layers: ['contract', 'model', 'analysis', 'formats', 'session', 'recording'],
    packages: ['node:*', 'fastify', '@fastify/*', 'ws', 'typebox', 'typebox/**'],
  },
  {
    name: 'cli',
    folder: 'plugin/{src/cli,bin}',
    layers: BACKEND,
    packages: ['node:*', 'commander', 'cli-progress'],
  },

  // The feature module of the page. Views draw what they are given: no HTTP, no store, no other view.
  {
    name: 'shared',
    folder: 'src/app/profiler/shared',
    layers: ['contract', 'model', 'analysis'],
    packages: [...ANGULAR, ...DRAWING],
  },
  {
    name: 'worker',
    folder: 'src/app/profiler/worker',
    layers: ['contract', 'model', 'analysis', 'formats', 'shared'],
    packages: ['rxjs', 'rxjs/**'],
  },
  {
    name: 'state',
    folder: 'src/app/profiler/state',
    layers: ['contract', 'model', 'analysis', 'formats', 'shared', 'worker'],
    packages: ANGULAR,
  },
  {
    name: 'view',
    folder: 'src/app/profiler/views/*',
    capture: ['view'],
    layers: ['contract', 'model', 'analysis', 'formats', 'shared'],
    packages: [...ANGULAR, ...DRAWING],
  },
  {
    name: 'page',
    folder: 'src/app/profiler{/page,}',
    layers: ['contract', 'model', 'analysis', 'formats', 'worker', 'state', 'shared', 'view'],
    packages: [...ANGULAR, ...DRAWING],
  },
  // Runs in Buildbot's page with every visit: small, and nothing but itself.
  { name: 'loader', folder: 'src/buildbot/loader', layers: [], packages: [] },
  { name: 'buildbot', folder: 'src/buildbot', layers: ['contract', 'page'], packages: [...ANGULAR, ...DRAWING] },
  // The page of reports. Every report carries what it imports: no packages, and of the page only what needs none.
  {
    name: 'report',
    folder: 'src/report',
    layers: ['contract', 'model', 'analysis', 'formats', 'shared', 'worker', 'view'],
    packages: [],
  },
  { name: 'shell', folder: 'src', layers: ['contract', 'page'], packages: ANGULAR },

  // What tests draw stacks with. Nothing but specs may use it.
  {
    name: 'trace-testing',
    folder: 'trace/testing',
    layers: ['contract', 'model', 'analysis', 'formats'],
    packages: ['fast-check'],
  },
  { name: 'scripts', folder: 'scripts', layers: [], packages: 'any' },
  { name: 'demo', folder: 'plugin/demo', layers: [], packages: [] },
  // Programs, memory and fakes that specs of the plugin are made of. Nothing but specs may use them.
  {
    name: 'plugin-tests',
    folder: 'plugin/test',
    layers: BACKEND,
    packages: ['node:*', 'fastify', 'vitest'],
  },
  // Benches of the page print and draw by chance as those of the sampler do.
  { name: 'e2e', folder: 'e2e', layers: ['contract', 'model', 'analysis', 'formats', 'plugin-tests'], packages: 'any' },
];

/** What a view must not reach although Angular and RxJS offer it. */
const NOT_FOR_VIEWS = ['@angular/common/http', '@angular/router', 'rxjs/ajax', 'rxjs/fetch', 'rxjs/webSocket'];

/** Specs may also use what tests are made of, and read files: even those of trace/. `pprof-format` reads what we write. */
const PACKAGES_FOR_SPECS = [
  'vitest',
  'fast-check',
  'node:*',
  'ws',
  'jsdom',
  'rxjs',
  'rxjs/**',
  '@angular/**',
  'pprof-format',
];
const LAYERS_FOR_SPECS = ['plugin-tests', 'trace-testing', 'contract', 'model', 'analysis', 'formats'];

/** Exceptions, each with its date and reason. Empty is how it should stay. */
const DEBT = [];

const toLayer = (types) => ({ to: { element: { types: { anyOf: types } } } });
const toPackages = (packages) => ({
  to: { module: { origin: ['external', 'core'], source: packages === 'any' ? ['**'] : packages } },
});

export const importLayerSettings = {
  'boundaries/elements': LAYERS.map(({ name, folder, capture }) => ({
    type: name,
    pattern: folder,
    partialMatch: false,
    ...(capture ? { capture } : {}),
  })),
  'boundaries/files': [
    { category: 'spec', pattern: '**/*.spec.{ts,mjs}' },
    { category: 'tool-config', pattern: '*.{ts,js}' },
  ],
};

export const importLayerPolicies = [
  ...LAYERS.map(({ name, layers, packages }) => ({
    from: { element: { type: name } },
    allow: [toLayer(name === 'view' ? layers : [name, ...layers]), toPackages(packages)],
  })),
  {
    from: { element: { type: 'view' } },
    allow: { to: { element: { type: 'view', captured: { view: '{{ from.element.captured.view }}' } } } },
    disallow: { dependency: { source: NOT_FOR_VIEWS } },
  },
  {
    from: { file: { categories: 'spec' } },
    allow: [toLayer(LAYERS_FOR_SPECS), toPackages(PACKAGES_FOR_SPECS)],
  },
  { from: { file: { categories: 'tool-config' } }, allow: [toLayer(['scripts']), toPackages('any')] },
  ...DEBT,
];

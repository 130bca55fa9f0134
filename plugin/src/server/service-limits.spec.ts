import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  DEFAULT_FREQUENCY_HZ,
  DEFAULT_MODE,
  DEFAULT_PERIOD_SECONDS,
  MAX_FREQUENCY_HZ,
  MAX_PERIOD_SECONDS,
  MIN_FREQUENCY_HZ,
} from '#trace/contract/api.ts';
import { RECORDING_MODES } from '#trace/contract/trace-lines.ts';
import { MAX_KEPT_BUILDS } from './master-messages.ts';

const SERVICE = fileURLToPath(new URL('../../buildbot_profiler/service.py', import.meta.url));
/** Constants and defaults as the parser sees them: the module itself cannot be imported without Buildbot. */
const PROGRAM = `
import ast, json, sys
tree = ast.parse(open(sys.argv[1]).read())
value = lambda node: eval(compile(ast.Expression(node), "", "eval"))
constants = {node.targets[0].id: value(node.value) for node in tree.body if isinstance(node, ast.Assign)}
service = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "ProfilerService")
functions = [node for node in service.body if isinstance(node, ast.FunctionDef)]
defaults = {}
for function in functions:
    names = [argument.arg for argument in function.args.args]
    values = function.args.defaults
    defaults[function.name] = dict(zip(names[len(names) - len(values):], map(value, values)))
print(json.dumps({"constants": constants, "defaults": defaults}))
`;

interface ServiceSource {
  readonly constants: Readonly<Record<string, unknown>>;
  readonly defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const { constants, defaults } = JSON.parse(
  execFileSync('python3', ['-c', PROGRAM, SERVICE], { encoding: 'utf8' }),
) as ServiceSource;

test('the service of the plugin takes what its sampler takes', () => {
  expect(constants).toMatchObject({
    MODES: expect.toSatisfy(
      (modes: string[]) => modes.toSorted().join() === [...RECORDING_MODES].sort().join(),
    ) as unknown,
    MIN_FREQUENCY: MIN_FREQUENCY_HZ,
    MAX_FREQUENCY: MAX_FREQUENCY_HZ,
    MAX_GATHER_PERIOD: MAX_PERIOD_SECONDS,
    MAX_WANTED_BUILDS: MAX_KEPT_BUILDS,
  });
});

test('both begin with the same', () => {
  expect(defaults['checkConfig']).toMatchObject({
    frequency: DEFAULT_FREQUENCY_HZ,
    gatherperiod: DEFAULT_PERIOD_SECONDS,
    mode: DEFAULT_MODE,
  });
  expect(defaults['reconfigService']).toEqual(defaults['checkConfig']);
});

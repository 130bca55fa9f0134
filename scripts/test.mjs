/**
 * `npm test [-- GROUP…]`: set-up, then all groups, or the named ones. One that fails does not keep the others from running. The last
 * line is the total: `N passed, N failed`.
 */
import path from 'node:path';
import { explainFailure } from './steps/explain-failure.mjs';
import { formatDuration } from './steps/progress.mjs';
import { judgeGroup, sumCounts } from './steps/test-report.mjs';
import { ensurePinnedNode, installPackages } from './setup.mjs';
import { setUpEndToEnd, setUpMasters } from './setup-e2e.mjs';
import { setUpPythons } from './setup-pythons.mjs';
import { TEST_GROUPS } from './test-groups.mjs';

const EXIT_USAGE = 2;
const MAX_NAMED_FAILURES = 8;
/** In continuous integration a test that does not run protects nothing. */
const maySkip = process.env.CI !== 'true';

const selectGroups = (names) => {
  const unknown = names.filter((name) => !TEST_GROUPS.some((group) => group.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `No such group: ${unknown.join(', ')}. There are: ${TEST_GROUPS.map(({ name }) => name).join(', ')}`,
    );
  }
  return names.length === 0 ? TEST_GROUPS : TEST_GROUPS.filter(({ name }) => names.includes(name));
};

const describeCounts = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;

const runGroup = async ({ name, fix, run }) => {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`);
  const since = Date.now();
  let counts = { passed: 0, failed: 0, skipped: 0 };
  let failures = [];
  let failure;
  try {
    ({ counts, failures = [], failure } = await run());
  } catch (error) {
    failure = error; // Not even its preparations came to an end.
  }
  const verdict = judgeGroup(counts, { hasRunnerFailed: failure !== undefined, maySkip });
  if (failure !== undefined) explainFailure(failure);
  if (verdict.failed > 0) console.log(`${name} failed: ${fix}`);
  return { name, verdict, failures, duration: Date.now() - since };
};

const report = (results) => {
  console.log(`\n── summary ${'─'.repeat(54)}`);
  for (const { name, verdict, duration } of results) {
    console.log(
      `${verdict.failed === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(8)} ${formatDuration(duration).padStart(12)}   ${describeCounts(verdict)}`,
    );
  }
  // Where only the end of a log is kept, this is what says which tests failed.
  const failures = results.flatMap(({ failures = [] }) => failures);
  for (const { test, message } of failures.slice(0, MAX_NAMED_FAILURES)) console.log(`\n✗ ${test}\n  ${message}`);
  if (failures.length > MAX_NAMED_FAILURES) console.log(`\n… and ${failures.length - MAX_NAMED_FAILURES} more`);
  const total = sumCounts(results.map(({ verdict }) => verdict));
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
};

/** Hands Debian's CPythons to the tests. Outside continuous integration, a machine that cannot have them tests with those it has. */
const providePythons = async () => {
  try {
    const pythons = await setUpPythons();
    process.env.BBP_PYTHONS = [...pythons, process.env.BBP_PYTHONS].filter(Boolean).join(path.delimiter);
  } catch (error) {
    if (!maySkip) throw error;
    explainFailure(error);
    console.error('The tests run with the CPythons that are installed.');
  }
};

const setUpFor = async (groups) => {
  await installPackages();
  await ensurePinnedNode();
  const needs = new Set(groups.flatMap((group) => group.needs ?? []));
  if (needs.has('browser')) await setUpEndToEnd();
  if (needs.has('masters')) await setUpMasters();
  if (needs.has('pythons')) await providePythons();
};

const main = async () => {
  let groups;
  try {
    groups = selectGroups(process.argv.slice(2));
  } catch (error) {
    explainFailure(error);
    return EXIT_USAGE;
  }
  const results = [];
  const since = Date.now();
  try {
    await setUpFor(groups);
    results.push({ name: 'set-up', verdict: { passed: 1, failed: 0, skipped: 0 }, duration: Date.now() - since });
  } catch (error) {
    explainFailure(error);
    return report([{ name: 'set-up', verdict: { passed: 0, failed: 1, skipped: 0 }, duration: Date.now() - since }]);
  }
  for (const group of groups) results.push(await runGroup(group));
  return report(results);
};

process.exitCode = await main();

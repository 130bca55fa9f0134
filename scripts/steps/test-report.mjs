/** What the test runners wrote about their runs, as counts of passed, failed and skipped. */

const NOTHING = { passed: 0, failed: 0, skipped: 0 };

export const addCounts = (left, right) => ({
  passed: left.passed + right.passed,
  failed: left.failed + right.failed,
  skipped: left.skipped + right.skipped,
});

export const sumCounts = (all) => all.reduce(addCounts, NOTHING);

/** A file of tests that could not even be loaded has no test in it to fail: it counts as one. */
const countUnloaded = (files) =>
  files.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;

export const countVitest = (report) => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests + countUnloaded(report.testResults),
  skipped: report.numPendingTests + report.numTodoTests,
});

/** Colours of a terminal. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const MAX_MESSAGE_LENGTH = 200;

/** One line, of the length of a line or two. */
const shorten = (message) => (message ?? '').replace(ESCAPES, '').trim().split('\n', 1)[0].slice(0, MAX_MESSAGE_LENGTH);

/** Failed tests and the first line of why. */
export const failuresOfVitest = (report) =>
  report.testResults.flatMap(({ status, name, message, assertionResults }) => {
    if (status === 'failed' && assertionResults.length === 0) return [{ test: name, message: shorten(message) }];
    return assertionResults
      .filter((result) => result.status === 'failed')
      .map(({ fullName, failureMessages }) => ({ test: fullName, message: shorten(failureMessages?.[0]) }));
  });

export const failuresOfPlaywright = (report) => {
  const ofSuite = ({ suites = [], specs = [] }) => [
    ...suites.flatMap(ofSuite),
    ...specs.flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ results }) => ({ test: title, message: shorten(results.find(({ error }) => error)?.error.message) })),
    ),
  ];
  return [
    ...report.errors.map(({ message }) => ({ test: 'outside of the tests', message: shorten(message) })),
    ...ofSuite(report),
  ];
};

/** A test that passed only when tried again counts as failed. */
export const countPlaywright = ({ stats, errors }) => ({
  passed: stats.expected,
  failed: stats.unexpected + stats.flaky + errors.length,
  skipped: stats.skipped,
});

/**
 * The verdict on a group: a runner that failed without a failed test, or ran no test at all, has failed once; where nothing may be
 * skipped, what was skipped has failed.
 */
export const judgeGroup = (counts, { hasRunnerFailed, maySkip }) => {
  const skippedAsFailed = maySkip ? 0 : counts.skipped;
  const failed = counts.failed + skippedAsFailed;
  const isUnexplained = failed === 0 && (hasRunnerFailed || counts.passed === 0);
  return { passed: counts.passed, failed: isUnexplained ? 1 : failed, skipped: counts.skipped - skippedAsFailed };
};

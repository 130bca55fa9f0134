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

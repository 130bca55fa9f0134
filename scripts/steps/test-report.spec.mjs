import { describe, expect, it } from 'vitest';
import {
  countPlaywright,
  countVitest,
  failuresOfPlaywright,
  failuresOfVitest,
  judgeGroup,
  sumCounts,
} from './test-report.mjs';

const passing = { passed: 3, failed: 0, skipped: 0 };
const strict = { hasRunnerFailed: false, maySkip: false };

describe('the counts of a test run', () => {
  it('count a file that could not be loaded as one failed test', () => {
    const report = {
      numPassedTests: 4,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [] },
        { status: 'failed', assertionResults: [{ status: 'failed' }] },
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 4, failed: 2, skipped: 3 });
  });

  it('count a flaky browser test and an error outside of tests as failed', () => {
    const report = { stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{ message: 'no server' }] };
    expect(countPlaywright(report)).toEqual({ passed: 5, failed: 3, skipped: 2 });
  });

  it('add up over groups', () => {
    expect(sumCounts([passing, { passed: 1, failed: 2, skipped: 1 }])).toEqual({ passed: 4, failed: 2, skipped: 1 });
  });
});

describe('the failures of a test run', () => {
  it('are tests, with the first line of why, and files that could not be loaded', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'a' },
      { status: 'failed', fullName: 'b', failureMessages: ['\u001b[31mexpected 1 to be 2\u001b[39m\n  at x'] },
    ];
    const report = {
      testResults: [
        { status: 'failed', name: '/x.spec.ts', message: 'no such module', assertionResults: [] },
        { status: 'failed', assertionResults },
      ],
    };
    expect(failuresOfVitest(report)).toEqual([
      { test: '/x.spec.ts', message: 'no such module' },
      { test: 'b', message: 'expected 1 to be 2' },
    ]);
  });

  it('are found in nested suites, flaky ones too', () => {
    const spec = (title, status) => ({
      title,
      tests: [{ status, results: [{ error: { message: `${title} broke` } }] }],
    });
    const report = {
      errors: [{ message: 'no server' }],
      suites: [{ suites: [{ specs: [spec('a', 'unexpected'), spec('b', 'expected')] }], specs: [spec('c', 'flaky')] }],
    };
    expect(failuresOfPlaywright(report)).toEqual([
      { test: 'outside of the tests', message: 'no server' },
      { test: 'a', message: 'a broke' },
      { test: 'c', message: 'c broke' },
    ]);
  });
});

describe('the verdict on a group', () => {
  it('passes when all tests passed', () => {
    expect(judgeGroup(passing, strict)).toEqual(passing);
  });

  it('fails once when the runner failed without saying which test did', () => {
    expect(judgeGroup(passing, { ...strict, hasRunnerFailed: true }).failed).toBe(1);
  });

  it('counts failed tests, and not their runner on top', () => {
    expect(judgeGroup({ ...passing, failed: 2 }, { ...strict, hasRunnerFailed: true }).failed).toBe(2);
  });

  it('fails when no test ran', () => {
    expect(judgeGroup({ passed: 0, failed: 0, skipped: 0 }, strict).failed).toBe(1);
  });

  it('fails for what was skipped where nothing may be', () => {
    const counts = { ...passing, skipped: 2 };
    expect(judgeGroup(counts, strict)).toEqual({ passed: 3, failed: 2, skipped: 0 });
    expect(judgeGroup(counts, { ...strict, maySkip: true })).toEqual(counts);
  });
});

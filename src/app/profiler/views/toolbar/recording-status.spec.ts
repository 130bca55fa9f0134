import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { computeLostShare, describeEnd, formatCommand, formatRecording, formatTarget } from './recording-status.ts';

const LOSSES = {
  ticksAsked: 1000,
  ticksTaken: 990,
  ticksLate: 2,
  ticksLeftOut: 0,
  stacksRetried: 5,
  stacksTorn: 1,
  stacksUnreadable: 2,
};
const TARGET = {
  pid: 4711,
  startTimeClockTicks: 1,
  commandLine: ['/usr/bin/python3', '/srv/master/twistd.py', '--nodaemon'],
  executable: '/usr/bin/python3.11',
  pythonVersion: '3.11.2',
  host: 'buildhost',
};

describe('status of a recording', () => {
  it('shows clock, samples, rate, losses and the time left', () => {
    const figures = formatRecording({ duration: microseconds(9_900_000), periodSeconds: 60, losses: LOSSES });
    expect(figures).toMatchObject({
      clock: '0:09',
      samples: '990 samples',
      rate: '100 a second',
      losses: '1.0 % lost, 3 stacks unread',
      timeLeft: '0:50 left',
    });
    expect(figures.lossDetails).toContain('990 samples taken of 1,000 due');
  });

  it('names the functions in which stacks were given up', () => {
    const givenUp = [{ functionName: 'Deferred.callback', stacks: 12 }];
    expect(
      formatRecording({ duration: microseconds(0), periodSeconds: 0, losses: LOSSES, givenUp }).lossDetails,
    ).toContain('12 of them in Deferred.callback');
  });

  it('has no rate before the first second, and never time left below nothing', () => {
    const figures = formatRecording({ duration: microseconds(500_000), periodSeconds: 0, losses: LOSSES });
    expect(figures).toMatchObject({ rate: '', timeLeft: '0:00 left' });
  });

  it('has lost nothing where nothing was due', () => {
    expect(computeLostShare({ ...LOSSES, ticksAsked: 0, ticksTaken: 0 })).toBe(0);
  });

  it('names the target, its Python and what it runs', () => {
    expect(formatTarget(TARGET)).toBe('pid 4711, Python 3.11.2, on buildhost');
    expect(formatCommand(TARGET)).toBe('python3 twistd.py --nodaemon');
    expect(formatCommand({ ...TARGET, commandLine: [] })).toBe('python3.11');
  });

  it('says how a recording ended', () => {
    expect(describeEnd({ endReason: 'cut' })).toBe('It ends unexpectedly.');
    expect(describeEnd({ endReason: 'disk-full', endMessage: '3 MiB are left.' })).toBe(
      'The disk was full. 3 MiB are left.',
    );
    expect(describeEnd({})).toBe('Recording.');
  });
});

import { describe, expect, it } from 'vitest';
import { bytes, microseconds } from '#trace/contract/units.ts';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatDurationExactly,
  formatMoment,
  formatPoints,
  formatRange,
  formatShare,
} from './format-quantity.ts';

describe('quantities as text', () => {
  it.each([
    [0, '0 s'],
    [640, '640 µs'],
    [1_234, '1.2 ms'],
    [12_345, '12 ms'],
    [999_600, '1.0 s'],
    [1_449_000, '1.4 s'],
    [59_400_000, '59 s'],
    [200_000_000, '3 min 20 s'],
    [7_500_000_000, '2 h 05 min'],
  ])('writes %d microseconds as %s', (value, text) => {
    expect(formatDuration(microseconds(value))).toBe(text);
  });

  it('keeps every microsecond in the exact duration', () => {
    expect(formatDurationExactly(microseconds(1_234_567))).toBe('1.234567 s');
  });

  it.each([
    [0, '0 %'],
    [0.00004, '< 0.01 %'],
    [0.0038, '0.38 %'],
    [0.042, '4.2 %'],
    [0.384, '38 %'],
    [1, '100 %'],
  ])('writes the share %d as %s', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  it.each([
    [0, '0'],
    [1e-12, '0'],
    [0.384, '+38'],
    [-0.042, '−4.2'],
    [0.000012, '+0.0012'],
  ])('writes the difference %d of two shares as %s points', (difference, text) => {
    expect(formatPoints(difference)).toBe(text);
  });

  it('shows hours on the running clock only where there are some', () => {
    expect(formatClock(microseconds(7_900_000))).toBe('0:07');
    expect(formatClock(microseconds(3_723_000_000))).toBe('1:02:03');
    expect(formatMoment(microseconds(7_250_999))).toBe('0:07.250');
    expect(formatRange({ start: microseconds(0), end: microseconds(7_250_999) })).toBe('0:00.000 to 0:07.250');
  });

  it('counts bytes in powers of 1024 and groups thousands', () => {
    expect(formatBytes(bytes(512))).toBe('512 B');
    expect(formatBytes(bytes(1024 * 1024 * 1.5))).toBe('1.5 MiB');
    expect(formatCount(1234567)).toBe('1,234,567');
  });
});

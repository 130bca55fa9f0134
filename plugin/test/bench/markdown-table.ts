/** A table as BENCHMARKS.md has it, aligned as Prettier aligns it: paste it as it is. */
export const formatTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)));
  const formatRow = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [formatRow(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(formatRow)].join(
    '\n',
  );
};

/** Whole numbers from a thousand on get commas; others the decimals given. */
export const formatNumber = (value: number, decimals = 0): string =>
  Number.isNaN(value)
    ? '-'
    : value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

export const formatPercent = (value: number, decimals: number): string =>
  Number.isNaN(value) ? '-' : `${formatNumber(value, decimals)} %`;

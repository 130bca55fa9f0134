/** The CPythons that the tests run against, and the suite of Debian that has each. Any Debian can unpack them side by side. */
export const SUITES = [
  { suite: 'bullseye', versions: ['3.9'] },
  { suite: 'bookworm', versions: ['3.11'] },
  { suite: 'trixie', versions: ['3.13'] },
  { suite: 'sid', versions: ['3.14', '3.15'] },
];

/** Interpreter and standard library; apt adds what they need, down to the C library. */
export const packagesOf = (version) => [`python${version}-minimal`, `libpython${version}-stdlib`];

/** Text that ties the repository to one machine: package registries by host, and paths that exist on one disk only. */

const RULES = [
  { what: 'names a package registry', pattern: /\bregistry\.[a-z]+\.(?:org|com|net)\b/i },
  { what: 'names a package registry', pattern: /\b(?:pypi|crates|rubygems)\.(?:org|io)\b/i },
  { what: 'names a path of one machine', pattern: /(?<![\w.~-])\/(?:root|work|farm)\/[\w.-]/ },
];

/** Problems of one file's text, each with its line. */
export const foreignText = (file, text) =>
  text
    .split('\n')
    .flatMap((line, index) =>
      RULES.filter(({ pattern }) => pattern.test(line)).map(({ what }) => `${file}:${index + 1} ${what}`),
    );

/**
 * Which package a function's file belongs to, as far as colours care: what a reader of a master's profile can change comes
 * first (the configuration), what nobody will change last (the standard library).
 */
export const PACKAGE_GROUPS = ['configuration', 'buildbot', 'database', 'twisted', 'other', 'library'] as const;
export type PackageGroup = (typeof PACKAGE_GROUPS)[number];

export const PACKAGE_GROUP_NAMES: Readonly<Record<PackageGroup, string>> = {
  configuration: 'your code',
  buildbot: 'buildbot',
  database: 'database',
  twisted: 'twisted',
  other: 'other packages',
  library: 'standard library',
};

const DATABASE_PACKAGES = /^(sqlalchemy|alembic|sqlite3|psycopg2?|MySQLdb|pymysql|asyncpg)([./]|$)/;
const TWISTED_PACKAGES = /^(twisted|autobahn|txaio|klein|treq|incremental)([./]|$)/;
const BUILDBOT_PACKAGES = /^buildbot(_[a-z_]+)?([./]|$)/;
const INSTALLED_PACKAGES = /\/(?:site|dist)-packages\/(.*)$/;
const STANDARD_LIBRARY = /\/(?:lib(?:64)?\/python3(?:\.\d+)?|python3\.\d+|Lib)\/(.*)$/;

const groupOfInstalled = (path: string): PackageGroup => {
  if (BUILDBOT_PACKAGES.test(path)) return 'buildbot';
  if (DATABASE_PACKAGES.test(path)) return 'database';
  if (TWISTED_PACKAGES.test(path)) return 'twisted';
  return 'other';
};

export const computePackageGroup = (file: string): PackageGroup => {
  const installed = INSTALLED_PACKAGES.exec(file)?.[1];
  if (installed !== undefined) return groupOfInstalled(installed);
  const library = STANDARD_LIBRARY.exec(file)?.[1];
  if (library !== undefined) return library.startsWith('sqlite3/') ? 'database' : 'library';
  // Frozen and built-in modules have no file: `<frozen importlib._bootstrap>`.
  if (file === '' || file.startsWith('<')) return 'library';
  if (isCutPath(file)) return file.includes('buildbot/') ? 'buildbot' : 'other';
  // A package run from a checkout: only the folder's name is left to tell.
  const checkout = /\/(buildbot|twisted|sqlalchemy)\/(?:.*\/)?[^/]+\.py$/.exec(file)?.[1];
  return checkout === undefined ? 'configuration' : groupOfInstalled(checkout);
};

/** The original plugin kept only the last 20 characters of a path: `chemy/engine/base.py`. Whose file that is can only be guessed. */
const CUT_PATH_LENGTH = 20;
const isCutPath = (file: string): boolean =>
  file.length === CUT_PATH_LENGTH && !file.startsWith('/') && file.includes('/');

/** The last two parts of a path: enough to tell files apart in a table; the full path is on hover. */
export const formatShortFile = (file: string): string => file.split('/').slice(-2).join('/');

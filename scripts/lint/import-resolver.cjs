'use strict';
/**
 * Tells eslint-plugin-boundaries which file an import means. It asks in the interface of eslint-import-resolver-*, whose
 * Node flavour knows neither `#trace/…` nor imports that end in `.ts`. Nothing is looked up on disk: whether the file is
 * there is the compiler's business.
 */
const { isBuiltin } = require('node:module');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');
const SUBPATH_IMPORTS = { '#trace/': 'trace/' };

const importedFile = (source, importer) => {
  if (source.startsWith('.')) return path.resolve(path.dirname(importer), source);
  for (const [prefix, folder] of Object.entries(SUBPATH_IMPORTS)) {
    if (source.startsWith(prefix)) return path.join(ROOT, folder, source.slice(prefix.length));
  }
  return undefined;
};

exports.interfaceVersion = 2;

exports.resolve = (source, importer) => {
  if (isBuiltin(source)) return { found: true, path: null };
  const file = importedFile(source, importer);
  // Angular's own code is written without extensions.
  if (file !== undefined) return { found: true, path: path.extname(file) === '' ? `${file}.ts` : file };
  return { found: true, path: path.join(ROOT, 'node_modules', source, 'package.json') };
};

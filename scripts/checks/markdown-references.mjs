/**
 * What a Markdown document refers to, and whether it is there: paths in backticks, relative links, headings, npm commands.
 * Pure: what exists is asked from the caller.
 */
import path from 'node:path';

const INLINE_CODE = /`([^`\n]+)`/g;
const LINK = /\]\(([^()\s]+)\)/g;
const HEADING = /^#+ +(.+?) *$/gm;
const FENCE = /^(```|~~~)[\s\S]*?^\1/gm;
const NPM_COMMAND = /\bnpm (run )?([a-z][a-z0-9:-]*)/g;
/** What npm itself answers to, of what a document may name. */
const COMMANDS_OF_NPM = ['ci', 'install', 'exec', 'run'];

/** A word that can only be a path: no blanks, placeholders or patterns. */
const PATH = /^\.{0,2}\/?[\w@.-]+(\/[\w@.-]+)*\/?$/;
const FILE_NAME = /^[\w@-][\w@.-]*\.(ts|mjs|cjs|js|json|md|py|html|css|yml)$/;

const withoutFences = (text) => text.replace(FENCE, '');

/** As GitHub makes the anchor of a heading. */
export const headingAnchors = (text) =>
  [...withoutFences(text).matchAll(HEADING)].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

const looksLikePath = (word, folder, world) => {
  if (!PATH.test(word) || word.startsWith('/')) return false;
  if (FILE_NAME.test(word)) return true;
  if (!word.includes('/')) return false;
  const [first] = word.split('/');
  // `text/html` or `fastify/websocket` are no paths of ours: their first part is no folder here.
  return first.startsWith('.') || world.exists(first) || world.exists(path.posix.join(folder, first));
};

const brokenPaths = (text, folder, world) =>
  [...withoutFences(text).matchAll(INLINE_CODE)]
    .map(([, code]) => code)
    .filter((word) => looksLikePath(word, folder, world))
    .filter((word) => {
      if (world.exists(path.posix.join(folder, word)) || world.exists(path.posix.normalize(word))) return false;
      return word.includes('/') || !world.hasFileNamed(word);
    })
    .map((word) => `names \`${word}\`, which does not exist`);

const brokenLinks = (text, document, world) =>
  [...withoutFences(text).replace(INLINE_CODE, '').matchAll(LINK)]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .flatMap((target) => {
      const [file, anchor] = target.split('#');
      const resolved = file === '' ? document : path.posix.join(path.posix.dirname(document), file);
      if (!world.exists(resolved)) return [`links to ${target}, which does not exist`];
      if (anchor === undefined || !resolved.endsWith('.md')) return [];
      const isThere = headingAnchors(world.read(resolved)).includes(anchor);
      return isThere ? [] : [`links to ${target}, but there is no such heading`];
    });

const unknownCommands = (text, world) =>
  [...text.matchAll(NPM_COMMAND)]
    // Prose such as "npm prints" is no command: outside of code only `npm run NAME` is looked at.
    .filter((match) => match[1] !== undefined || isInCode(text, match.index))
    .map(([, , name]) => name)
    .filter((name) => !COMMANDS_OF_NPM.includes(name) && !world.npmScripts.includes(name))
    .map((name) => `names the command npm ${name}, which package.json does not have`);

const isInCode = (text, position) => {
  const before = text.slice(0, position);
  const isInFence = (before.match(/^(```|~~~)/gm) ?? []).length % 2 === 1;
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return isInFence || (line.match(/`/g) ?? []).length % 2 === 1;
};

/**
 * Sentences on what is wrong in `document`, a path from the root. `world` answers `exists(path)`, `hasFileNamed(name)`, `read(path)`
 * and holds `npmScripts`.
 */
export const brokenReferences = (document, world) => {
  const text = world.read(document);
  const folder = path.posix.dirname(document);
  return [
    ...brokenPaths(text, folder, world),
    ...brokenLinks(text, document, world),
    ...unknownCommands(text, world),
  ].map((problem) => `${document} ${problem}`);
};

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { brokenReferences, headingAnchors } from './markdown-references.mjs';

/** A repository of these files; folders exist where files are in them. */
const worldOf = (files) => {
  const names = Object.keys(files);
  return {
    npmScripts: ['start', 'test', 'lint'],
    read: (file) => files[file],
    hasFileNamed: (name) => names.some((file) => path.posix.basename(file) === name),
    exists: (file) => {
      const wanted = path.posix.normalize(file).replace(/\/$/, '');
      return wanted === '.' || names.some((name) => name === wanted || name.startsWith(`${wanted}/`));
    },
  };
};

const problems = (text, document = 'docs/guide.md') =>
  brokenReferences(
    document,
    worldOf({
      [document]: text,
      'README.md': '# Title\n\n## How it works, briefly\n',
      'trace/model/trace-model.ts': '',
      'docs/images/page.png': '',
    }),
  );

describe('references of a document', () => {
  it.each([
    ['a path from the root', 'see `trace/model/trace-model.ts`'],
    ['a folder', 'see `trace/model/`'],
    ['a path from the document', 'see `images/page.png` and `../README.md`'],
    ['the name of a file that is somewhere', 'see `trace-model.ts`'],
    ['a pattern or placeholder', 'see `trace/*.ts`, `trace/NAME.<ts>`, `/proc/PID/mem` and `trace/{a,b}.ts`'],
    ['a word with a slash that is no path of ours', 'see `text/html`'],
    ['what is in a block of code', '```\ntrace/gone.ts [x](gone.md)\n```'],
    ['a link to a file', 'see [it](../README.md) and [web](https://example.org/x)'],
    ['a link to a heading', 'see [it](../README.md#how-it-works-briefly)'],
    ['a command that is there', '`npm start -- --pid 1` and\n\n```sh\nnpm ci\nnpm test\n```'],
    ['prose about npm', 'then npm prints a warning'],
  ])('accepts %s', (_what, text) => {
    expect(problems(text)).toEqual([]);
  });

  it.each([
    ['a path that is gone', 'see `trace/model/gone.ts`', 'names `trace/model/gone.ts`, which does not exist'],
    ['a file name that is nowhere', 'see `gone.ts`', 'names `gone.ts`, which does not exist'],
    ['a link to nothing', 'see [it](gone.md)', 'links to gone.md, which does not exist'],
    ['a picture that is gone', '![it](images/gone.png)', 'links to images/gone.png, which does not exist'],
    ['a heading that is gone', '[it](../README.md#gone)', 'links to ../README.md#gone, but there is no such heading'],
    ['a command that is gone', '`npm run gone`', 'names the command npm gone, which package.json does not have'],
    [
      'a gone command in a block',
      '```sh\nnpm gone\n```',
      'names the command npm gone, which package.json does not have',
    ],
  ])('complains about %s', (_what, text, complaint) => {
    expect(problems(text)).toEqual([`docs/guide.md ${complaint}`]);
  });

  it('takes no heading from a block of code', () => {
    expect(headingAnchors('# One\n```sh\n# no heading\n```\n## Two `x`\n')).toEqual(['one', 'two-x']);
  });
});

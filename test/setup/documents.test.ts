import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { packageRoot } from '../../setup/paths.mjs';

const read = (file: string): string => fs.readFileSync(path.join(packageRoot, file), 'utf8');
const exists = (file: string): boolean => fs.existsSync(path.join(packageRoot, file));

/** All documents for people. */
const documents = [
  ...fs.readdirSync(packageRoot).filter((name) => name.endsWith('.md')),
  ...fs
    .readdirSync(path.join(packageRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name)),
];

/** As GitHub names a heading in a link. */
function anchorsOf(file: string): Set<string> {
  const headings = [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, text]) => text!);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Files of this repository that a text names in backquotes. */
function namedFiles(text: string): string[] {
  const names = [...text.matchAll(/`([^`\s]+)`/g)].map(([, name]) => name!);
  return names.filter((name) => /^[\w.-]+(\/[\w.-]+)*\/$|^[\w.-]+\/[\w./-]+\.\w+$/.test(name));
}

describe('the documents', () => {
  for (const file of documents)
    it(`link to what is there: ${file}`, () => {
      const links = [...read(file).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)];
      for (const [, link = ''] of links) {
        const [to = '', anchor] = link.split('#');
        const target = to === '' ? file : path.join(path.dirname(file), to);
        assert.ok(exists(target), `${link}: there is no ${target}`);
        if (anchor !== undefined)
          assert.ok(anchorsOf(target).has(anchor), `${link}: ${target} has no such heading`);
      }
    });

  it('have an index that leaves none out', () => {
    const index = read('docs/README.md');
    for (const file of documents.filter((name) => name.startsWith('docs/')))
      if (file !== 'docs/README.md')
        assert.ok(
          index.includes(`(${path.relative('docs', file)})`),
          `docs/README.md lacks ${file}`,
        );
  });

  for (const file of ['docs/architecture.md', 'CONTRIBUTING.md'])
    it(`name files that are there: ${file}`, () => {
      const named = namedFiles(read(file));
      assert.ok(named.length > 0);
      assert.deepEqual(
        named.filter((name) => !exists(name)),
        [],
      );
    });

  it('describe six walks, each in at most ten lines', () => {
    const [, walks = ''] = read('docs/architecture.md').split('## Six walks\n');
    const parts = walks.split('\n## ')[0]!.split('\n### ').slice(1);
    const titles = parts.map((part) => part.split('\n')[0]);
    assert.deepEqual(titles, [
      'An image',
      'An instruction',
      'A chunk',
      'A model package',
      'A bag',
      'An option',
    ]);
    for (const part of parts) {
      const lines = part.split('\n').slice(1);
      assert.ok(lines.filter((line) => line.trim() !== '').length <= 10, part);
      assert.ok(namedFiles(part).length >= 4, part);
    }
  });
});

describe('what other programs read', () => {
  it('tells the same version everywhere', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    assert.equal((JSON.parse(read('package-lock.json')) as { version: string }).version, version);
    assert.equal(/<version>(.*)<\/version>/.exec(read('package.xml'))?.[1], version);
    assert.equal((parse(read('CITATION.cff')) as { version: string }).version, version);
    assert.ok(read('CHANGELOG.md').includes(`## ${version}\n`));
  });

  it('is well-formed, and calls npm scripts that are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    JSON.parse(read('.devcontainer/devcontainer.json'));
    const workflow = '.github/workflows/test.yml';
    parse(read(workflow));
    const files = [workflow, 'Dockerfile', '.devcontainer/devcontainer.json', 'CONTRIBUTING.md'];
    const calls = files.flatMap((file) => [...read(file).matchAll(/npm run (?:-s )?([\w:]+)/g)]);
    assert.ok(calls.length > 3);
    for (const [, name = ''] of calls) assert.ok(name in scripts, `no npm script ${name}`);
  });

  it('uses actions by their commit alone', () => {
    const uses = [...read('.github/workflows/test.yml').matchAll(/uses: (\S+)/g)];
    assert.ok(uses.length > 0);
    for (const [, action = ''] of uses) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { root } from '../RosSession.ts';

/** A row of docs/faults.md. */
export type FaultCase = {
  readonly fault: string;
  /** How the test brings it about. */
  readonly injected: string;
  /** What the arm, or the node, does. */
  readonly reaction: string;
  readonly recovery: string;
};

const DOCS = join(root, 'docs', 'faults.md');
const HEAD = ['fault', 'injected by', 'reaction', 'measured', 'recovery'];

/**
 * What came of the faults of one part: compared with docs/faults.md, apart from what was measured,
 * which is written to runs/faults/, or to the page itself with UPDATE_DOCS=1.
 */
export class FaultTable {
  readonly #part: string;
  readonly #rows: string[][] = [];

  constructor(part: string) {
    this.#part = part;
  }

  /** @param measured control periods, or words */
  add({ fault, injected, reaction, recovery }: FaultCase, measured: number | string): void {
    const isOne = measured === 1;
    const cell = typeof measured === 'number' ? `${measured} period${isOne ? '' : 's'}` : measured;
    this.#rows.push([fault, injected, reaction, cell, recovery]);
  }

  async finish(): Promise<void> {
    const begin = `<!-- ${this.#part}: generated -->`;
    const table = [HEAD, HEAD.map(() => '---'), ...this.#rows]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n');
    mkdirSync(join(root, 'runs', 'faults'), { recursive: true });
    writeFileSync(join(root, 'runs', 'faults', `${this.#part}.md`), `${table}\n`);
    const found = readFileSync(DOCS, 'utf8');
    const [before, rest] = found.split(begin);
    assert.ok(rest !== undefined, `no line ${begin} in ${DOCS}`);
    const end = rest.indexOf('<!-- end -->');
    if (process.env['UPDATE_DOCS'] === '1') {
      const text = `${before}${begin}\n\n${table}\n\n${rest.slice(end)}`;
      writeFileSync(
        DOCS,
        await format(text, {
          parser: 'markdown',
          printWidth: 100,
          proseWrap: 'always',
        }),
      );
    } else assert.deepEqual(unmeasured(rest.slice(0, end)), unmeasured(table));
  }
}

/** The cells of a table in Markdown, without those of the column `measured`. */
function unmeasured(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.includes('---'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .map((cells) => cells.filter((_, i) => HEAD[i] !== 'measured'));
}

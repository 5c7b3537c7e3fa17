import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FaultError, formatFault } from '../../../core/config/Fault.ts';
import { printable, printableLines } from '../../../core/text/printable.ts';
import { escapeHtml } from '../../../lab/page/escapeHtml.ts';

const CASES: readonly (readonly [title: string, text: string, shown: string])[] = [
  ['text of any language', 'Löffel 匙 ложка 🥄', 'Löffel 匙 ложка 🥄'],
  ['what sets a title', '\x1b]0;mine\x07', '\\x1b]0;mine\\x07'],
  ['what clears the screen, in eight bits', '\x9b2J', '\\x9b2J'],
  ['lines', 'a\n[ERROR] b\r\tc', 'a\\n[ERROR] b\\r\\tc'],
  ['other separators of lines', 'a\u2028b\u2029c\x85d', 'a\\u2028b\\u2029c\\x85d'],
  ['what turns the direction', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
  ['halves of characters', 'a\ud83eb', 'a\\ud83eb'],
  ['rubbed out', 'a\x7fb\x00', 'a\\x7fb\\x00'],
];

/** All that a terminal acts on, told by numbers, unlike in the code that is tested. */
function isHarmless(text: string): boolean {
  return Array.from(text).every((character) => {
    const code = character.codePointAt(0)!;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const isTurn = [0x61c, 0x200e, 0x200f].includes(code) || (code >= 0x2066 && code <= 0x2069);
    return !isControl && !isTurn && !(code >= 0x2028 && code <= 0x202e);
  });
}

describe('printable', () => {
  for (const [title, text, shown] of CASES) {
    it(`shows ${title}`, () => assert.equal(printable(text), shown));
  }

  it('cuts what is long, between characters, and says how long it was', () => {
    assert.equal(printable('a'.repeat(1e6), 5), 'aaaaa… (1000000 characters)');
    assert.equal(printable('aaaa🥄', 5), 'aaaa… (6 characters)');
    assert.equal(printable('aaaa', 4), 'aaaa');
    assert.ok(printable('\x1b'.repeat(1e6)).length < 2000);
  });

  it('lets nothing through that a terminal acts on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => isHarmless(printable(text))),
      { numRuns: 2000 },
    );
  });

  it('keeps the lines of a text of several lines, indented, and nothing else', () => {
    assert.equal(printableLines('a\n\tb\x1b[2J\r\n'), 'a\n\tb\\x1b[2J\\r\n');
    assert.equal(printableLines('a\n[ERROR]', 100, '  '), 'a\n  [ERROR]');
    assert.equal(printableLines('a\nbcd', 3), 'a\nb… (5 characters)');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        isHarmless(printableLines(text).replaceAll(/[\n\t]/g, '')),
      ),
    );
  });

  it('shows a fault on one line, whatever it was found in', () => {
    const text = formatFault({
      source: 'a\nb',
      field: 'c\x1b[m',
      expected: 'one',
      found: '\x07'.repeat(1e6),
    });
    assert.match(text, /^a\\nb: c\\x1b\[m: expected one, found \\x07/);
    assert.ok(isHarmless(text) && text.length < 20_000);
    assert.equal(new FaultError('s', []).message, 's: 0 faults\n');
  });

  it('shows control characters on pages, too', () => {
    assert.equal(escapeHtml('<b>\x1b[2J\u202e</b>\n'), '&lt;b&gt;\\x1b[2J\\u202e&lt;/b&gt;\n');
  });
});

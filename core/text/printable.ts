/** Longer texts are cut, characters. */
const MAX_LENGTH = 300;
const MAX_LENGTH_OF_LINES = 16_000;

/**
 * What a terminal obeys or what makes text look other than it is: control characters (C0, DEL, C1),
 * separators of lines and paragraphs, marks that turn the direction of writing, halves of characters.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;
const UNPRINTABLE_IN_LINES = /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/**
 * Text from outside as one line of a terminal, a log or a page: control characters are shown as
 * `\x1b`, `\n` or `\u202e`, and what is longer than `maxLength` is cut and says its length.
 */
export function printable(text: string, maxLength = MAX_LENGTH): string {
  return shown(text, maxLength, UNPRINTABLE);
}

/**
 * As `printable`, for a text of our own with several lines, whose parts from outside went through
 * `printable` before: line feeds and tabs stay as they are.
 * @param indent before each line but the first, so that none passes for a record of its own
 */
export function printableLines(text: string, maxLength = MAX_LENGTH_OF_LINES, indent = ''): string {
  const lines = shown(text, maxLength, UNPRINTABLE_IN_LINES);
  return indent === '' ? lines : lines.replaceAll('\n', `\n${indent}`);
}

function shown(text: string, maxLength: number, unprintable: RegExp): string {
  const isCut = text.length > maxLength;
  // The half of a character at the cut is no fault of the text.
  const kept = isCut ? text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '') : text;
  const escaped = kept.replace(unprintable, escapeOf);
  return isCut ? `${escaped}… (${text.length} characters)` : escaped;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0)!;
  const digits = code.toString(16);
  const escape = code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u${digits.padStart(4, '0')}`;
  return NAMED.get(character) ?? escape;
}

/** Characters of a text from outside that are passed on: in a message, a log line, a diagnostic. */
export const MAX_CHARACTERS = 512;

/**
 * A text of at most `most` characters: what is longer ends with an ellipsis. What comes from outside
 * may be of any length, and what is repeated every period must be short.
 *
 * @param most UTF-16 units, at least 1; a pair of them is never cut in two
 */
export function boundText(text: string, most = MAX_CHARACTERS): string {
  if (text.length <= most) return text;
  const end = most - 1;
  const splitsPair = end > 0 && /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}

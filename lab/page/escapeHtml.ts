import { printableLines } from '../../core/text/printable.ts';

/**
 * Text as it stands between tags, and in attributes with double quotes; control characters are shown
 * as escapes, for the page may be read in a terminal, and marks of direction turn what is beside them.
 */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return printableLines(text, Infinity).replaceAll(
    /[&<>"]/g,
    (character) => entities[character] as string,
  );
}

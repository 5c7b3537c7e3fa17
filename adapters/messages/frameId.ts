/** Characters of a frame's name. */
const MOST = 256;

/**
 * A frame's name from outside as it is passed on: empty where it is no name. Messages that are
 * published as bytes carry ASCII alone.
 */
export function frameIdOf(text: string): string {
  return text.length <= MOST && /^[ -~]*$/.test(text) ? text : '';
}

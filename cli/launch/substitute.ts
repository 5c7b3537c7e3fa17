/** What a substitution such as `$(var robot)` stands for, or a throw that says why it is nothing. */
export type Resolve = (name: string, args: readonly string[]) => string;

/**
 * Replaces the substitutions in a text. They nest, their arguments are split at spaces, and quotes
 * keep an argument together: `$(env HOME '$(var home)/x y')`. A backslash takes the next character
 * as it is.
 */
export function substitute(text: string, resolve: Resolve): string {
  const scanner = new Scanner(text, resolve);
  return scanner.textUntil('');
}

class Scanner {
  readonly #text: string;
  readonly #resolve: Resolve;
  #at = 0;

  constructor(text: string, resolve: Resolve) {
    this.#text = text;
    this.#resolve = resolve;
  }

  /** Text up to one of the characters in `stops` (which stays unread), or up to the end. */
  textUntil(stops: string): string {
    let result = '';
    while (this.#at < this.#text.length && !stops.includes(this.#text[this.#at]!)) {
      if (this.#text[this.#at] === '\\' && this.#at + 1 < this.#text.length) {
        result += this.#text[this.#at + 1];
        this.#at += 2;
      } else if (this.#text.startsWith('$(', this.#at)) {
        result += this.#substitution();
      } else {
        result += this.#text[this.#at];
        this.#at += 1;
      }
    }
    return result;
  }

  #substitution(): string {
    const start = this.#at;
    this.#at += 2;
    const words: string[] = [];
    for (;;) {
      while (this.#text[this.#at] === ' ') this.#at += 1;
      if (this.#at >= this.#text.length)
        throw new Error(`"${this.#text.slice(start)}" lacks its closing parenthesis`);
      if (this.#text[this.#at] === ')') break;
      words.push(this.#word());
    }
    this.#at += 1;
    const [name, ...args] = words;
    if (name === undefined) throw new Error('"$()" names no substitution');
    return this.#resolve(name, args);
  }

  #word(): string {
    const quote = this.#text[this.#at]!;
    if (quote !== "'" && quote !== '"') return this.textUntil(' )');
    this.#at += 1;
    const word = this.textUntil(quote);
    if (this.#text[this.#at] !== quote) throw new Error(`a ${quote} is not closed`);
    this.#at += 1;
    return word;
  }
}

/** A value as a language model writes it: nearly JSON. */
export type LenientValue =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'list'; readonly items: readonly LenientValue[]; readonly isWhole: boolean }
  | {
      readonly type: 'record';
      readonly members: ReadonlyMap<string, LenientValue>;
      readonly isWhole: boolean;
    }
  /** Neither of these, or cut off by the end of the text. */
  | { readonly type: 'unreadable' };

const UNREADABLE: LenientValue = { type: 'unreadable' };
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/iy;
const WORD = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const SPACE = /\s*/y;
const MAX_DEPTH = 32;

/** All lists `[…]`, `(…)` and records `{…}` of a text that stand in no other, in their order. */
export function lenientValues(text: string): readonly LenientValue[] {
  return new LenientReader(text).topValues();
}

/**
 * Reads JSON with what models do to it: prose around it and in it, single quotes, names without
 * quotes, round brackets, commas too many, a bracket too few, and an end in the middle.
 */
class LenientReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  topValues(): readonly LenientValue[] {
    const values: LenientValue[] = [];
    while (this.#at < this.#text.length) {
      if (isOpening(this.#char)) values.push(this.#value(0));
      else this.#at++;
    }
    return values;
  }

  get #char(): string {
    return this.#text[this.#at] ?? '';
  }

  get #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Not at the mark in a word such as "it's". */
  get #isAtQuote(): boolean {
    if (this.#char === "'") return !/[\p{L}\p{N}]/u.test(this.#text[this.#at - 1] ?? '');
    return this.#char === '"';
  }

  #value(depth: number): LenientValue {
    if (depth < MAX_DEPTH) {
      if (this.#char === '{') return this.#record(depth);
      if (isOpening(this.#char)) return this.#list(depth);
    }
    if (this.#isAtQuote) {
      const value = this.#quoted();
      return value === undefined ? UNREADABLE : { type: 'text', value };
    }
    const number = this.#match(NUMBER);
    if (number !== '') {
      // A number that the text ends with may continue.
      return this.#isAtEnd ? UNREADABLE : { type: 'number', value: Number(number) };
    }
    if (this.#match(WORD) === '' && !this.#isAtEnd) this.#at++;
    return UNREADABLE;
  }

  #list(depth: number): LenientValue {
    const items: LenientValue[] = [];
    this.#at++;
    for (;;) {
      this.#skip();
      if (this.#isAtEnd) return { type: 'list', items, isWhole: false };
      if (isClosing(this.#char)) break;
      items.push(this.#value(depth + 1));
    }
    this.#at++;
    return { type: 'list', items, isWhole: true };
  }

  #record(depth: number): LenientValue {
    const members = new Map<string, LenientValue>();
    this.#at++;
    for (;;) {
      this.#skip();
      if (this.#isAtEnd) return { type: 'record', members, isWhole: false };
      if (isClosing(this.#char)) break;
      const start = this.#at;
      const name = this.#isAtQuote ? (this.#quoted() ?? '') : this.#match(WORD);
      this.#match(SPACE);
      if (this.#char === ':' || this.#char === '=') {
        this.#at++;
        this.#match(SPACE);
        if (!this.#isAtEnd && !isClosing(this.#char)) members.set(name, this.#value(depth + 1));
      } else if (isOpening(this.#char)) {
        members.set(`${members.size}`, this.#value(depth + 1));
      } else if (this.#at === start) this.#at++;
    }
    this.#at++;
    return { type: 'record', members, isWhole: true };
  }

  /** `undefined` where the text ends before the quotation does. */
  #quoted(): string | undefined {
    const quote = this.#char;
    let value = '';
    for (this.#at++; !this.#isAtEnd; this.#at++) {
      if (this.#char === quote) {
        this.#at++;
        return value;
      }
      if (this.#char === '\\') this.#at++;
      value += this.#char;
    }
    return undefined;
  }

  /** Commas and space between two values. */
  #skip(): void {
    while (!this.#isAtEnd && /[\s,;]/.test(this.#char)) this.#at++;
  }

  /** What matches here, passed over. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

const isOpening = (char: string) => char === '[' || char === '(' || char === '{';
const isClosing = (char: string) => char === ']' || char === ')' || char === '}';

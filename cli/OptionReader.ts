/** Of what `parseArgs` has read: values by the option's name, those of options that are given. */
type Values<Name extends string> = { readonly [N in Name]?: unknown };

/** Reads options of a command line that are numbers or choices; faults are collected. */
export class OptionReader<Name extends string> {
  readonly #values: Values<Name>;
  readonly #faults: string[];

  constructor(values: Values<Name>, faults: string[]) {
    this.#values = values;
    this.#faults = faults;
  }

  integer<Default extends number | undefined>(
    name: Name,
    min: number,
    fallback: Default,
  ): number | Default {
    const text = this.#text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min) return value;
    this.#faults.push(`--${name}: expected an integer of at least ${min}, found "${text}"`);
    return fallback;
  }

  seconds<Default extends number | undefined>(name: Name, fallback: Default): number | Default {
    const text = this.#text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
    this.#faults.push(`--${name}: expected seconds of at least 0, found "${text}"`);
    return fallback;
  }

  oneOf<T extends string>(name: Name, choices: readonly T[], fallback?: T): T {
    const text = this.#text(name) ?? fallback;
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    this.#faults.push(`--${name}: expected ${choices.join(' or ')}, found "${text}"`);
    return choices[0] as T;
  }

  /** Names separated by commas; all of them where the option is missing. */
  listOf(name: Name, choices: readonly string[]): readonly string[] {
    const text = this.#text(name);
    if (text === undefined) return choices;
    const names = text.split(',').map((word) => word.trim());
    for (const unknown of names.filter((word) => !choices.includes(word))) {
      this.#faults.push(`--${name}: expected some of ${choices.join(', ')}, found "${unknown}"`);
    }
    return choices.filter((choice) => names.includes(choice));
  }

  #text(name: Name): string | undefined {
    return this.#values[name] as string | undefined;
  }
}

/** Records what was expected of a text, and what was found in it: by default the whole text. */
export type Refuse = (expected: string, found?: string) => void;

/** One option of a command: how its text is read, what it is when absent, what the usage says. */
export type Option<T = unknown> = {
  readonly help: string;
  /** What stands for the value in the usage, such as `N`; undefined for a flag without one. */
  readonly placeholder: string | undefined;
  /** What a value has to be, as in "expected an integer". */
  readonly expected: string;
  /** All values there are, if they are few; null in their place of a sentence on each. */
  readonly choices?: Readonly<Record<string, string | null>>;
  /** True if the option may be given several times. */
  readonly isRepeated?: boolean;
  readonly isRequired?: boolean;
  /** The mode of its command that the option belongs to; undefined: all of them. */
  readonly mode?: string;
  readonly completes?: 'file' | 'folder';
  /** How the usage shows the value that an absent option has. */
  readonly defaultText: string | undefined;
  /** The value of an absent option. */
  readonly absent: T;
  /** @returns undefined after a call of `refuse` */
  read(texts: readonly string[], refuse: Refuse): T | undefined;
};

export type Options = Readonly<Record<string, Option>>;

/** What the options of a table are read to, by their names. */
export type Values<Table extends Options> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never;
};

type Spec<Default> = {
  readonly help: string;
  readonly placeholder?: string;
  readonly default?: Default;
  /** Instead of the default itself, for one that depends on other options. */
  readonly defaultText?: string;
};

/** An option without a value: true if it is given. */
export function flag(help: string): Option<boolean> {
  return {
    help,
    placeholder: undefined,
    expected: 'no value',
    defaultText: undefined,
    absent: false,
    read: () => true,
  };
}

type TextSpec<Default> = Spec<Default> & {
  readonly expected?: string;
  readonly mayBeEmpty?: boolean;
  readonly completes?: 'file' | 'folder';
};

export function text<Default extends string | undefined = undefined>(
  spec: TextSpec<Default>,
): Option<string | Default> {
  const { expected = 'a text', mayBeEmpty = false, completes } = spec;
  const read = (value: string) => (value !== '' || mayBeEmpty ? value : undefined);
  const option = matching({ placeholder: 'TEXT', ...spec, expected }, read);
  return completes === undefined ? option : { ...option, completes };
}

export function file<Default extends string | undefined = undefined>(
  spec: Spec<Default>,
): Option<string | Default> {
  return text({ placeholder: 'FILE', expected: 'a file', ...spec, completes: 'file' });
}

export function folder<Default extends string | undefined = undefined>(
  spec: Spec<Default>,
): Option<string | Default> {
  return text({ placeholder: 'DIR', expected: 'a folder', ...spec, completes: 'folder' });
}

/** A command without this option is refused. */
export function required(option: Option<string | undefined>): Option<string> {
  return { ...option, isRequired: true, absent: '' } as Option<string>;
}

type IntegerSpec<Default> = Spec<Default> & { readonly min?: number; readonly max?: number };

export function integer<Default extends number | undefined = undefined>(
  spec: IntegerSpec<Default>,
): Option<number | Default> {
  const { min = -Infinity, max = Infinity } = spec;
  const expected = `an integer${bounds(spec)}`;
  return matching({ placeholder: 'N', ...spec, expected }, (value) => {
    const number = value.trim() === '' ? NaN : Number(value);
    return Number.isSafeInteger(number) && number >= min && number <= max ? number : undefined;
  });
}

/** An integer from 0, read without loss: for seeds of 64 bits. */
export function bigInteger<Default extends bigint>(
  spec: Spec<Default> & { readonly maxDigits: number },
): Option<bigint> {
  const expected = `an integer of at least 0, at most ${spec.maxDigits} digits long`;
  const read = (value: string) =>
    /^\d+$/.test(value) && value.length <= spec.maxDigits ? BigInt(value) : undefined;
  return matching<bigint, bigint>({ placeholder: 'N', ...spec, expected } as never, read);
}

type NumberSpec<Default> = Spec<Default> & {
  readonly min?: number;
  /** The number is larger than this. */
  readonly above?: number;
  readonly max?: number;
  /** Such as "seconds"; by default "a number". */
  readonly unit?: string;
};

export function number<Default extends number | undefined = undefined>(
  spec: NumberSpec<Default>,
): Option<number | Default> {
  const { min = -Infinity, above = -Infinity, max = Infinity, unit = 'a number' } = spec;
  const expected = `${unit}${bounds(spec)}`;
  return matching({ placeholder: 'X', ...spec, expected }, (value) => {
    const found = value.trim() === '' ? NaN : Number(value);
    return Number.isFinite(found) && found >= min && found > above && found <= max
      ? found
      : undefined;
  });
}

/** Seconds from 0. */
export function seconds<Default extends number | undefined = undefined>(
  spec: NumberSpec<Default>,
): Option<number | Default> {
  return number({ placeholder: 'SEC', unit: 'seconds', min: 0, ...spec });
}

/** One of some words. */
export function choice<Word extends string, Default extends Word | undefined = undefined>(
  words: readonly Word[] | Readonly<Record<Word, string>>,
  spec: Spec<Default>,
): Option<Word | Default> {
  const choices = choicesOf(words);
  const known = Object.keys(choices) as Word[];
  const find = (value: string) => known.find((word) => word === value);
  const expected = known.join(' or ');
  return { ...matching({ placeholder: 'NAME', ...spec, expected }, find), choices };
}

/** Words separated by commas, of those there are if they are known; in the order that is given. */
export function list(
  spec: Spec<undefined> & { readonly of?: readonly string[]; readonly expected?: string },
): Option<readonly string[] | undefined> {
  const { of, expected = of ? `some of ${of.join(', ')}` : 'words separated by commas' } = spec;
  return {
    help: spec.help,
    placeholder: spec.placeholder ?? 'A,B',
    expected,
    ...(of && { choices: choicesOf(of) }),
    defaultText: spec.defaultText,
    absent: undefined,
    read: (texts, refuse) => {
      const words = texts.at(-1)!.split(',');
      const trimmed = words.map((word) => word.trim());
      const wrong = trimmed.filter((word) => word === '' || of?.includes(word) === false);
      for (const word of wrong) refuse(expected, word);
      return wrong.length > 0 ? undefined : trimmed;
    },
  };
}

/** A text that a function reads; undefined where it is not what is expected. */
export function matching<T, Default extends T | undefined = undefined>(
  spec: Spec<Default> & { readonly expected: string },
  parse: (text: string) => T | undefined,
): Option<T | Default> {
  const { help, placeholder = 'TEXT', expected, default: absent } = spec;
  const { defaultText = absent === undefined || absent === '' ? undefined : String(absent) } = spec;
  return {
    help,
    placeholder,
    expected,
    defaultText,
    absent: absent as Default,
    read: (texts, refuse) => {
      const value = parse(texts.at(-1)!);
      if (value === undefined) refuse(expected);
      return value;
    },
  };
}

/** May be given several times; all values in their order. */
export function repeated<T>(option: Option<T | undefined>): Option<readonly T[]> {
  return {
    ...option,
    isRepeated: true,
    absent: [],
    read: (texts, refuse) => {
      const values = texts.map((one) =>
        option.read([one], (expected, found = one) => refuse(expected, found)),
      );
      return values.includes(undefined) ? undefined : (values as T[]);
    },
  };
}

/** Options that belong to one mode of a command alone. */
export function ofMode<Table extends Options>(mode: string, options: Table): Table {
  const entries = Object.entries(options).map(([name, option]) => [name, { ...option, mode }]);
  return Object.fromEntries(entries) as Table;
}

function choicesOf(words: readonly string[] | Readonly<Record<string, string>>) {
  if (!Array.isArray(words)) return words as Readonly<Record<string, string>>;
  return Object.fromEntries((words as string[]).map((word) => [word, null]));
}

function bounds({ min, above, max }: { min?: number; above?: number; max?: number }): string {
  if (above !== undefined) return ` above ${above}${max === undefined ? '' : `, at most ${max}`}`;
  if (min !== undefined && max !== undefined) return ` in ${min}…${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

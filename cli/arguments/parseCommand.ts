import { parseArgs } from 'node:util';
import type { CommandTable, Found, Parsed, PassedOn } from './CommandTable.ts';
import type { Option } from './Option.ts';

type Reading<Arguments> = {
  readonly table: CommandTable;
  modeOf(values: Record<string, unknown>, found: Found): string | undefined;
  build(values: Record<string, unknown>, found: Found): Arguments;
};

type Texts = Map<string, string[]>;

/** Reads a command line by its table; all faults at once. */
export function parseCommand<Arguments>(
  { table, modeOf, build }: Reading<Arguments>,
  args: readonly string[],
): Parsed<Arguments> {
  const [own, passedOn] = split(args, table.passesOn);
  const faults: string[] = [];
  const { texts, words, isHelp } = sort(own, table, faults);
  if (isHelp) return { kind: 'help' };
  const found: Found = {
    words,
    passedOn,
    isGiven: (name) => texts.has(name),
    refuse: (fault) => faults.push(fault),
  };
  const hasWords = checkWords(table, words, faults);
  const values = readValues(table, texts, faults);
  if (!hasWords) return { kind: 'faults', faults };
  checkMode(table, texts, modeOf(values, found), faults);
  const built = build(values, found);
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'run', arguments: built };
}

/** The command's own arguments, and those that it passes on. */
function split(args: readonly string[], passesOn: PassedOn | undefined): [string[], string[]] {
  if (passesOn?.from === '--ros-args' && args.includes('--ros-args')) {
    const at = args.indexOf('--ros-args');
    return [args.slice(0, at), args.slice(at + 1)];
  }
  if (passesOn?.from === 'second argument' && args[0]?.startsWith('-') === false) {
    return [args.slice(0, 1), args.slice(1)];
  }
  return [[...args], []];
}

/** What is there: texts by the option's name, the words between them, and whether help is asked for. */
function sort(args: readonly string[], { options }: CommandTable, faults: string[]) {
  const texts: Texts = new Map();
  const words: string[] = [];
  let isHelp = false;
  for (const { name, value, rawName } of tokens(args, options)) {
    const option = name === undefined ? undefined : own(options, name);
    if (name === undefined) words.push(value!);
    else if (rawName === '--help' || rawName === '-h') isHelp = true;
    else if (option === undefined || !rawName!.startsWith('--')) {
      faults.push(`${rawName}: expected an option of this command`);
    } else if (option.placeholder === undefined && value !== undefined) {
      faults.push(`--${name}: expected no value, found "${value}"`);
    } else if (option.placeholder !== undefined && value === undefined) {
      faults.push(`--${name}: expected ${option.expected}, found nothing`);
    } else texts.set(name, [...(texts.get(name) ?? []), value ?? '']);
  }
  return { texts, words, isHelp };
}

/** An option with its value, or a word: without a name. */
type Token = {
  readonly name?: string;
  readonly rawName?: string;
  readonly value?: string | undefined;
};

function* tokens(args: readonly string[], options: CommandTable['options']): Generator<Token> {
  const types = Object.entries(options).map(([name, { placeholder }]) => {
    return [name, { type: placeholder === undefined ? 'boolean' : 'string' }] as const;
  });
  const parsed = parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(types), help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true,
  });
  for (const token of parsed.tokens) {
    if (token.kind === 'positional') yield { value: token.value };
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue, index } = token;
    if (inlineValue === false && /^-(-|[A-Za-z])/.test(value)) {
      // The next option is no value of this one.
      yield { name, rawName };
      yield* tokens(args.slice(index + 1), options);
      return;
    }
    yield { name, rawName, value };
  }
}

/** Whether all words are there that the command needs. */
function checkWords({ positionals }: CommandTable, words: readonly string[], faults: string[]) {
  const before = faults.length;
  for (const [i, { name, expected, choices, isOptional, isRepeated }] of positionals.entries()) {
    const found = isRepeated ? words.slice(i) : words.slice(i, i + 1);
    if (found.length === 0 && !isOptional)
      faults.push(`${name}: expected ${expected}, found nothing`);
    for (const word of found.filter((one) => choices && !Object.hasOwn(choices, one))) {
      faults.push(`${name}: expected ${expected}, found "${word}"`);
    }
  }
  const isSound = faults.length === before;
  const last = positionals.at(-1);
  const extra = last?.isRepeated ? [] : words.slice(positionals.length);
  for (const word of extra) {
    faults.push(
      `expected ${last ? `no argument after ${last.name}` : 'no argument'}, found "${word}"`,
    );
  }
  return isSound;
}

/** The values of options that are given, and those of absent ones. */
function readValues({ options }: CommandTable, texts: Texts, faults: string[]) {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    const given = texts.get(name);
    values[name] = (given && valueOf(name, option, given, faults)) ?? option.absent;
    const isFaulty = faults.some((fault) => fault.startsWith(`--${name}:`));
    if (!given && option.isRequired && !isFaulty) {
      faults.push(`--${name}: expected ${option.expected}, found nothing`);
    }
  }
  return values;
}

function valueOf(
  name: string,
  option: Option,
  texts: readonly string[],
  faults: string[],
): unknown {
  return option.read(texts, (expected, found = texts.at(-1)!) => {
    faults.push(`--${name}: expected ${expected}, found "${found}"`);
  });
}

function checkMode(
  { modes, options }: CommandTable,
  texts: Texts,
  mode: string | undefined,
  faults: string[],
): void {
  if (modes.length === 0) return;
  for (const name of texts.keys()) {
    const only = own(options, name)?.mode;
    if (only === undefined || only === mode) continue;
    faults.push(`--${name}: expected only ${only.startsWith('without') ? only : `with ${only}`}`);
  }
}

function own(options: CommandTable['options'], name: string): Option | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

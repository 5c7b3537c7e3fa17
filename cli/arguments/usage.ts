import type { CommandTable, Positional } from './CommandTable.ts';
import type { Option } from './Option.ts';

const WIDTH = 100;
/** Names that are wider have their description in the next line. */
const MAX_NAME_WIDTH = 24;

/** What a command is for, and all its arguments: made from its table. */
export function usageOf(table: CommandTable): string {
  const { options, positionals, modes, about, closing } = table;
  const entries = Object.entries(options);
  const common = entries.filter(([, { mode }]) => mode === undefined);
  const sections = [
    positionals.flatMap((one) => positionalLines(one)),
    [
      ...common.flatMap(([name, option]) => optionLines(name, option)),
      ...row('-h, --help', 'show this'),
    ],
    ...modes.map((mode) => [
      ...wrap(mode.about, ''),
      '',
      ...entries
        .filter(([, option]) => option.mode === mode.name)
        .flatMap(([name, option]) => optionLines(name, option)),
    ]),
    closing === undefined ? [] : wrap(closing, ''),
  ];
  const parts = [[firstLine(table)], wrap(about, ''), ...sections];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function firstLine({ name, positionals, options, passesOn }: CommandTable): string {
  const words = positionals.map((one) => {
    const shown = `${one.name}${one.isRepeated ? '...' : ''}`;
    return one.isOptional ? `[${shown}]` : shown;
  });
  const needed = Object.entries(options)
    .filter(([, { isRequired }]) => isRequired)
    .map(([option, { placeholder }]) => `--${option} ${placeholder}`);
  const others = Object.keys(options).length > needed.length ? ['[options]'] : [];
  const more = passesOn === undefined ? [] : [passesOn.usage];
  return ['usage: st4vla', name, ...words, ...needed, ...others, ...more].join(' ');
}

function positionalLines({ name, help, choices }: Positional): string[] {
  return [...row(name, withChoices(help, choices)), ...choiceLines(choices)];
}

function optionLines(name: string, option: Option): string[] {
  const { placeholder, choices, isRepeated, isRequired, defaultText } = option;
  const notes = [
    ...(isRequired ? ['required'] : []),
    ...(isRepeated ? ['may be repeated'] : []),
    ...(defaultText === undefined ? [] : [`${defaultText} by default`]),
  ];
  const help = [withChoices(option.help, choices), ...notes].join('; ');
  const shown = placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
  return [...row(shown, help), ...choiceLines(choices)];
}

function withChoices(help: string, choices: Option['choices']): string {
  if (choices === undefined || hasSentences(choices)) return help;
  const names = Object.keys(choices);
  const last = names.at(-1)!;
  return `${help}: ${names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${last}` : last}`;
}

function choiceLines(choices: Option['choices']): string[] {
  if (choices === undefined || !hasSentences(choices)) return [];
  return Object.entries(choices).flatMap(([name, sentence]) => row(`    ${name}`, sentence ?? ''));
}

function hasSentences(choices: NonNullable<Option['choices']>): boolean {
  return Object.values(choices).some((sentence) => sentence !== null);
}

function row(name: string, help: string): string[] {
  const indent = ' '.repeat(MAX_NAME_WIDTH + 4);
  const lines = wrap(help, indent);
  if (name.length > MAX_NAME_WIDTH) return [`  ${name}`, ...lines];
  return [
    `  ${name.padEnd(MAX_NAME_WIDTH)}  ${lines[0]?.trimStart() ?? ''}`.trimEnd(),
    ...lines.slice(1),
  ];
}

/** Lines of at most 100 characters; a line break in the text stays. */
function wrap(text: string, indent: string): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(' ')) {
      const line = lines.at(-1)!;
      if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) lines.push(word);
      else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    }
    return lines.map((line) => (line === '' ? '' : indent + line));
  });
}

import type { CommandTable, Positional } from '../arguments/CommandTable.ts';
import type { Option } from '../arguments/Option.ts';

/** A script for zsh that completes all commands: subcommands, options with help, values. */
export function zshCompletion(
  tables: readonly CommandTable[],
  summaries: Readonly<Record<string, string>>,
): string {
  const subcommands = tables
    .map(({ name }) => `    ${quoted(`${escaped(name)}:${escaped(summaries[name] ?? '')}`)}\n`)
    .join('');
  return `#compdef st4vla
# Made by \`st4vla completion zsh\`.
_st4vla() {
  local -a subcommands=(
${subcommands}  )
  if (( CURRENT == 2 )); then
    _describe 'subcommand' subcommands
    return
  fi
  shift words
  (( CURRENT-- ))
  case "\${words[1]}" in
${tables.map(commandCase).join('')}  esac
}
compdef _st4vla st4vla
`;
}

function commandCase({ name, options, positionals }: CommandTable): string {
  const specs = [
    ...Object.entries(options).map(([option, table]) => optionSpec(option, table)),
    '--help[show this]',
    ...positionals.map(positionalSpec),
  ];
  const lines = specs.map((spec) => ` \\\n        ${quoted(spec)}`).join('');
  return `    ${name}) _arguments -s${lines} ;;\n`;
}

function optionSpec(name: string, option: Option): string {
  const help = `[${escaped(option.help)}]`;
  if (option.placeholder === undefined) return `--${name}${help}`;
  return `${option.isRepeated ? '*' : ''}--${name}=${help}:${escaped(option.placeholder)}:${action(option)}`;
}

function positionalSpec(positional: Positional, index: number): string {
  const { name, isRepeated, isOptional } = positional;
  const place = isRepeated ? '*' : `${index + 1}`;
  return `${place}:${isOptional && !isRepeated ? ':' : ''}${escaped(name)}:${action(positional)}`;
}

function action({
  choices,
  completes,
}: Pick<Option | Positional, 'choices' | 'completes'>): string {
  if (choices) return `(${Object.keys(choices).join(' ')})`;
  if (completes === undefined) return ' ';
  return completes === 'file' ? '_files' : '_files -/';
}

function escaped(text: string): string {
  return text.replaceAll(/[:[\]\\]/g, '\\$&');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

import type { CommandTable, Positional } from '../arguments/CommandTable.ts';
import type { Option } from '../arguments/Option.ts';

/** A script for bash that completes all commands: subcommands, options, values. */
export function bashCompletion(tables: readonly CommandTable[]): string {
  const names = tables.map(({ name }) => name).join(' ');
  return `# Made by \`st4vla completion bash\`.
_st4vla() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${names} --help" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${tables.map(commandCase).join('')}  esac
}
complete -F _st4vla st4vla
`;
}

function commandCase({ name, options, positionals }: CommandTable): string {
  const entries = Object.entries(options);
  const values = entries
    .filter(([, { placeholder }]) => placeholder !== undefined)
    .map(([option, table]) => `        --${option}) ${reply(table)} return ;;\n`)
    .join('');
  const names = [...entries.map(([option]) => `--${option}`), '--help'].join(' ');
  const words = positionals.flatMap(({ choices }) => Object.keys(choices ?? {}));
  const files = positionals.some(({ completes }) => completes !== undefined)
    ? '      compopt -o default\n'
    : '';
  return `    ${name})
      case "$previous" in
${values}      esac
      COMPREPLY=($(compgen -W ${quoted([names, ...words].join(' '))} -- "$current"))
${files}      ;;
`;
}

function reply({ choices, completes }: Pick<Option | Positional, 'choices' | 'completes'>): string {
  if (choices) {
    const words = quoted(Object.keys(choices).join(' '));
    return `COMPREPLY=($(compgen -W ${words} -- "$current"));`;
  }
  if (completes === undefined) return '';
  return `COMPREPLY=($(compgen ${completes === 'file' ? '-f' : '-d'} -- "$current")); compopt -o filenames;`;
}

function quoted(words: string): string {
  return `'${words.replaceAll("'", `'\\''`)}'`;
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { commands } from '../../cli/commands.ts';
import type { CommandTable } from '../../cli/arguments/CommandTable.ts';
import type { Option } from '../../cli/arguments/Option.ts';
import { bashCompletion } from '../../cli/completion/bashCompletion.ts';
import { runCaught } from './runCli.ts';

const NONSENSE = '~nonsense~';

/** Words that the command accepts, so that the faults are those of options. */
function wordsOf({ positionals }: CommandTable): string[] {
  return positionals
    .filter(({ isOptional }) => !isOptional)
    .map(({ choices }) => Object.keys(choices ?? { word: null })[0]!);
}

function refuses(option: Option, text: string): boolean {
  let isRefused = false;
  option.read([text], () => (isRefused = true));
  return isRefused;
}

async function faultsOf(name: string, args: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCaught(name, args);
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  const prefix = `st4vla ${name}: `;
  assert.ok(stderr.startsWith(prefix), stderr);
  const lines = stderr.trimEnd().split('\n').slice(0, -1);
  return lines.map((line) => line.slice(prefix.length));
}

describe('the table of every command', () => {
  let typed = 0;

  for (const [name, entry] of Object.entries(commands)) {
    // All arguments after the name of a node are those of the node.
    const isNode = name === 'node';

    it(`${name}: --help names every option and every positional`, async () => {
      const { code, stdout, stderr } = await runCaught(name, ['--help']);
      assert.deepEqual([code, stderr], [0, '']);
      const { options, positionals } = await entry.table();
      assert.ok(stdout.startsWith(`usage: st4vla ${name}`));
      const names = [...Object.keys(options).map((option) => `--${option}`), '--help'];
      for (const one of [...names, ...positionals.map((word) => word.name)]) {
        assert.match(stdout, new RegExp(`^  (-h, )?${one}( |$)`, 'm'));
      }
      for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
      assert.deepEqual(await runCaught(name, ['-h']), { code, stdout, stderr, out: stdout });
    });

    it(`${name}: an unknown option, a missing and a bad value are refused, all at once`, async () => {
      const table = await entry.table();
      const words = isNode ? [] : wordsOf(table);
      const valued = Object.entries(table.options).filter(([, one]) => one.placeholder);
      const bad = valued.filter(([, option]) => refuses(option, NONSENSE));
      typed += bad.length;
      const args = bad.map(([option]) => `--${option}=${NONSENSE}`);
      const faults = await faultsOf(name, ['--bogus', ...args, ...words]);
      assert.ok(faults.includes('--bogus: expected an option of this command'), faults.join('\n'));
      for (const [option] of bad) {
        const mine = faults.filter((fault) => fault.startsWith(`--${option}: expected `));
        assert.ok(
          mine.some((fault) => fault.endsWith(`, found "${NONSENSE}"`)),
          `${option}: ${faults.join('\n')}`,
        );
      }
      for (const [option, { expected }] of valued) {
        const missing = `--${option}: expected ${expected}, found nothing`;
        for (const after of [[], ['--help-me']]) {
          const found = await faultsOf(name, [...words, `--${option}`, ...after]);
          assert.ok(found.includes(missing), found.join('\n'));
        }
      }
      for (const [flag] of Object.entries(table.options).filter(([, one]) => !one.placeholder)) {
        const found = await faultsOf(name, [...words, `--${flag}=yes`]);
        assert.ok(found.includes(`--${flag}: expected no value, found "yes"`), found.join('\n'));
      }
    });

    it(`${name}: a missing and an extra word are refused`, async () => {
      const table = await entry.table();
      const needed = table.positionals.filter(({ isOptional }) => !isOptional);
      if (needed.length > 0) {
        const faults = await faultsOf(name, []);
        for (const word of needed) {
          assert.ok(faults.includes(`${word.name}: expected ${word.expected}, found nothing`));
        }
      }
      if (isNode || table.positionals.at(-1)?.isRepeated) return;
      const optional = table.positionals.slice(needed.length).map(() => 'word');
      const faults = await faultsOf(name, [...wordsOf(table), ...optional, 'extra']);
      assert.match(faults.join('\n'), /expected no argument.*, found "extra"/);
    });
  }

  it('has options with bounds or choices in many commands', () => {
    assert.ok(typed > 40, `${typed} typed options`);
  });
});

describe('options of a mode', () => {
  it('are refused in another one', async () => {
    assert.deepEqual(await faultsOf('replay', ['bag', '--rate', '2', '--loop']), [
      '--rate: expected only with --ros',
      '--loop: expected only with --ros',
    ]);
    assert.deepEqual(await faultsOf('replay', ['bag', '--ros', '--golden', 'g']), [
      '--golden: expected only without --ros',
    ]);
    assert.deepEqual(await faultsOf('lerobot', ['import', 'd', '--out=o', '--actions=joints']), [
      '--actions: expected only with export',
    ]);
    assert.deepEqual(await faultsOf('data', ['static', '--out=o', '--instructions=2']), [
      '--instructions: expected 1 for single pictures, found "2"',
    ]);
  });
});

describe('st4vla completion', () => {
  const complete = async (...words: readonly string[]): Promise<string[]> => {
    const tables = await Promise.all(Object.values(commands).map(({ table }) => table()));
    const script = [
      bashCompletion(tables),
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${words.length - 1}`,
      'compopt() { :; }',
      '_st4vla',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ];
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script.join('\n')]);
    assert.equal(String(stderr), '');
    return String(stdout).trimEnd().split('\n');
  };

  it('completes subcommands, options, values and words in bash', async () => {
    assert.deepEqual(await complete('st4vla', 'ca'), ['camera']);
    assert.deepEqual(await complete('st4vla', 'eval', '--ex'), ['--execution-horizon']);
    assert.deepEqual(await complete('st4vla', 'eval', '--queue', ''), ['ensemble', 'receding']);
    assert.deepEqual(await complete('st4vla', 'lerobot', 'im'), ['import']);
  });

  it('has every option of every command for zsh', async () => {
    const { code, stdout } = await runCaught('completion', ['zsh']);
    assert.equal(code, 0);
    for (const [name, { table }] of Object.entries(commands)) {
      const body = stdout.split(`    ${name}) _arguments`)[1]!.split(' ;;')[0]!;
      for (const option of Object.keys((await table()).options)) {
        assert.match(body, new RegExp(`--${option}(=?)\\[`), `${name} --${option}`);
      }
    }
  });
});

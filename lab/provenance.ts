import { execFileSync } from 'node:child_process';
import { arch, cpus, totalmem } from 'node:os';
import { packageRoot } from '../setup/paths.mjs';

/** How a figure came about; recorded beside every result. */
export type Provenance = {
  readonly command: string;
  /** Of this package; with `+` where files differ from it, `unknown` outside a git clone. */
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly startedAt: string;
};

export function provenance(subcommand: string, args: readonly string[]): Provenance {
  const [cpu] = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return {
    command: ['st4vla', subcommand, ...args].map(quoted).join(' '),
    commit: commitOf(packageRoot),
    machine: `${arch()}, ${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${memoryGb} GB`,
    node: process.version,
    startedAt: new Date().toISOString(),
  };
}

function commitOf(folder: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}

function quoted(word: string): string {
  return /^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

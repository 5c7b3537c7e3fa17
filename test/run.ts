// `npm test`: lint, types, then every test file, room by room from pure units to real ROS 2. Each room
// is a process of its own, so a crash in one (or a ROS 2 that lingers) is one failure and not the end.
//   npm test -- [room or part of a file name]... [--grep TEXT]
//   npm run test:fast        lint, types, pure units and scenarios: what to run between two changes
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { claimDomainId } from '../cli/setup/claimDomainId.ts';
import { packageRoot } from '../setup/paths.mjs';
import type { RoomResult } from './runRoom.ts';

/** Rooms in the order in which they run; a room that is not named here runs before `scenarios`. */
const firstRooms = ['core', 'sim', 'lab', 'adapters', 'cli', 'setup', 'nodes', 'golden'];
const lastRooms = ['scenarios', 'ros'];

/** What `--fast` runs: nothing that starts nodes, simulates episodes or reads large bags. */
const fastRooms = ['core', 'nodes', 'scenarios'];

type Count = { passed: number; failed: number; skipped: number };

const { values, positionals } = parseArgs({
  options: { grep: { type: 'string' }, fast: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const atRoot = { cwd: packageRoot, stdio: 'inherit' } as const;

const staticChecks: readonly (readonly [string, string, readonly string[]])[] = [
  ['lint', 'oxlint/bin/oxlint', ['--type-aware']],
  ['format', 'prettier/bin/prettier.cjs', ['--check', '.']],
  ['types', 'typescript/bin/tsc', ['-p', 'tsconfig.json', '--noEmit']],
];

process.exitCode = await main();

async function main(): Promise<number> {
  const everything = positionals.length === 0 && values.grep === undefined;
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  if (everything) {
    for (const [title, program, args] of staticChecks)
      add(total, await check(title, program, args));
  }
  const domain = await claimDomainId();
  process.env['ROS_DOMAIN_ID'] = String(domain.id);
  for (const [room, files] of roomsToRun()) add(total, await runRoom(room, files));
  domain.release();
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

async function check(title: string, program: string, args: readonly string[]): Promise<Count> {
  heading(title);
  const script = path.join(packageRoot, 'node_modules', program);
  const code = await end(spawn(process.execPath, [script, ...args], atRoot));
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** The test files that the arguments ask for, grouped by their first folder. */
function roomsToRun(): [string, string[]][] {
  const rooms = new Map<string, string[]>();
  const names = fs.readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((file) => file.endsWith('.test.js')).sort()) {
    const room = name.split(path.sep)[0]!;
    const asked = positionals.length > 0 ? positionals : values.fast ? fastRooms : [];
    const wanted = asked.length === 0 || asked.some((part) => matches(name, part));
    if (wanted) rooms.set(room, [...(rooms.get(room) ?? []), path.join(import.meta.dirname, name)]);
  }
  return [...rooms].sort(([a], [b]) => rank(a) - rank(b));
}

/** A room by its name (or `test/room`), a file by part of its path. */
function matches(name: string, wanted: string): boolean {
  const part = wanted.replace(/^test\//, '').replace(/\.ts$/, '');
  return (
    name.split(path.sep)[0] === part ||
    (part.includes('/') && name.startsWith(part)) ||
    path.basename(name).startsWith(part)
  );
}

function rank(room: string): number {
  if (lastRooms.includes(room)) return 100 + lastRooms.indexOf(room);
  return firstRooms.includes(room) ? firstRooms.indexOf(room) : 50;
}

async function runRoom(room: string, files: readonly string[]): Promise<Count> {
  heading(room);
  const grep = values.grep === undefined ? [] : [`--grep=${values.grep}`];
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', path.join(import.meta.dirname, 'runRoom.js'), ...grep, ...files],
    { ...atRoot, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  let result: RoomResult | undefined;
  child.on('message', (message) => (result = message as RoomResult));
  const code = await end(child);
  if (result !== undefined) return { ...result, failed: result.failed || (code === 0 ? 0 : 1) };
  process.stdout.write(`\nthe process of test/${room} ended with ${code} before its tests did\n`);
  return { passed: 0, failed: 1, skipped: 0 };
}

/** Resolves with the exit code, or the signal, that a child ended with. */
function end(child: ReturnType<typeof spawn>): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'no exit code'));
  });
}

function heading(title: string): void {
  process.stdout.write(`\n== ${title}\n`);
}

function add(total: Count, count: Count): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}

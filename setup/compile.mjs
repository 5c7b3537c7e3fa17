// TypeScript to JavaScript in dist/.
import fs from 'node:fs';
import path from 'node:path';
import { fingerprint, listFiles } from './fingerprint.mjs';
import { packageRoot } from './paths.mjs';

const sources = [
  'core',
  'adapters',
  'sim',
  'lab',
  'nodes',
  'cli',
  'test',
  'setup',
  'tsconfig.json',
];

/** @returns {import('./steps.mjs').Step} */
export function compileStep() {
  const dist = path.join(packageRoot, 'dist');
  return {
    name: 'compile',
    title: 'TypeScript',
    usualSec: 3,
    key: fingerprint(packageRoot, [...sources, 'package-lock.json']),
    stamp: path.join(dist, '.st4vla-stamp'),
    work: async (run) => {
      removeLeftovers();
      // Beside dist/, so that the source maps' relative paths hold after the move.
      const next = path.join(packageRoot, `.dist-${process.pid}`);
      // Types are checked by the tests: they need rclnodejs's generated message types, made later.
      const flags = ['-p', 'tsconfig.json', '--noCheck', '--outDir', next];
      const tsc = path.join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
      await run(process.execPath, [tsc, ...flags], { cwd: packageRoot });
      replaceFiles(next, dist);
      fs.rmSync(next, { recursive: true });
    },
  };
}

/** Compilations that were broken off. */
function removeLeftovers() {
  for (const name of fs.readdirSync(packageRoot))
    if (/^\.dist-\d+$/.test(name)) fs.rmSync(path.join(packageRoot, name), { recursive: true });
}

/**
 * Makes `to` equal to `from`, each file at once; equal files stay untouched, so programs that run
 * from `to` meanwhile never read half a file.
 * @param {string} from @param {string} to
 */
function replaceFiles(from, to) {
  const wanted = new Set(listFiles(from, '.'));
  for (const file of wanted) {
    const source = path.join(from, file);
    const target = path.join(to, file);
    if (fs.existsSync(target) && fs.readFileSync(target).equals(fs.readFileSync(source))) continue;
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.renameSync(source, target);
  }
  const emitted = /\.(js|mjs|js\.map|mjs\.map)$/;
  for (const file of listFiles(to, '.'))
    if (emitted.test(file) && !wanted.has(file)) fs.rmSync(path.join(to, file));
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../adapters/files/packageFiles.ts';

/** Of a file its imports of values, in their order. */
function importsOf(text: string): string[] {
  const imports = text.matchAll(/^import (?!type )(?:[^;]*? from )?'([^']+)';/gm);
  return [...imports].map(([, source]) => source!);
}

const sources = ['nodes', 'cli'].flatMap((room) =>
  fs
    .readdirSync(path.join(packageRoot, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(room, name)),
);

describe('what imports rclnodejs', () => {
  const importing = sources
    .map((file) => ({
      file,
      imports: importsOf(fs.readFileSync(path.join(packageRoot, file), 'utf8')),
    }))
    .filter(({ imports }) => imports.includes('rclnodejs'));

  it('is found', () => assert.ok(importing.length > 5));

  for (const { file, imports } of importing) {
    // The program that proves an installation is to fail where that is broken.
    if (file === path.join('cli', 'setup', 'firstNode.ts')) continue;
    it(`requires a ROS 2 before: ${file}`, () => {
      assert.match(imports[0]!, /\/requireRos\.ts$/);
    });
  }
});

describe('without a ROS 2', () => {
  const { AMENT_PREFIX_PATH, LD_LIBRARY_PATH, ROS_DISTRO, ...without } = process.env;
  const built = path.join(packageRoot, 'node_modules/rclnodejs/build/Release/rclnodejs.node');
  const main = path.join(packageRoot, 'dist/nodes/perception/main.js');
  const cli = path.join(packageRoot, 'dist/cli/main.js');

  for (const [what, command, env, expected] of [
    [
      'a node',
      [main],
      without,
      /AMENT_PREFIX_PATH: expected the prefix of a ROS 2 .*found nothing/,
    ],
    ['a command', [cli, 'camera'], without, /AMENT_PREFIX_PATH: expected the prefix of a ROS 2/],
    [
      'a node that would not find its libraries',
      [main],
      { ...without, AMENT_PREFIX_PATH },
      /LD_LIBRARY_PATH: expected a folder with librcl\.so .*found librcl.*\.so/,
    ],
  ] as const) {
    it(`${what} ends with a fault, and rclnodejs stays as it was built`, () => {
      const isThere = fs.existsSync(built);
      const { status, stderr } = spawnSync(process.execPath, [...command], {
        env,
        encoding: 'utf8',
      });
      assert.equal(status, 2, stderr);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /^ +at /m);
      assert.equal(fs.existsSync(built), isThere);
    });
  }
  void [LD_LIBRARY_PATH, ROS_DISTRO];
});

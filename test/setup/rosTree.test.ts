import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../../setup/paths.mjs';
import { amentPrefixes, headerPackages, libraries, makeRosTree } from '../../setup/rosTree.mjs';

const rclnodejs = path.join(packageRoot, 'node_modules', 'rclnodejs');

describe('headers and libraries for the build of rclnodejs', () => {
  let folder = '';
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ros-tree-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const prefix = (name: string): string => path.join(folder, name);
  function install(at: string, headers: readonly string[], libs: readonly string[]): string {
    for (const name of headers) {
      const inner = path.join(prefix(at), 'include', name, name);
      fs.mkdirSync(inner, { recursive: true });
      fs.writeFileSync(path.join(inner, `${name}.h`), `// of ${at}`);
    }
    for (const name of libs) {
      fs.mkdirSync(path.join(prefix(at), 'lib'), { recursive: true });
      fs.writeFileSync(path.join(prefix(at), 'lib', `lib${name}.so`), `of ${at}`);
    }
    return prefix(at);
  }

  /** As rclnodejs's own script sees it, through `which ros2`. */
  function includePaths(marker: string): string[] {
    const script = `require('./scripts/config.cjs').getIncludePaths().forEach((p) => console.log(p))`;
    const env = { ...process.env, PATH: `${marker}:${process.env['PATH']}` };
    const options = { cwd: rclnodejs, env, encoding: 'utf8' } as const;
    return execFileSync(process.execPath, ['-e', script], options).trim().split('\n');
  }

  it('are those that rclnodejs looks for', () => {
    const marker = makeRosTree(prefix('tree'), [install('ros', headerPackages, libraries)]);
    const paths = includePaths(marker);
    assert.deepEqual(
      paths,
      headerPackages.map((name) => path.join(prefix('tree'), 'include', name)),
    );
    const gyp = fs.readFileSync(path.join(rclnodejs, 'binding.gyp'), 'utf8');
    const [list] = /'libraries': \[[^\]]*'-lrcl',[^\]]*\]/.exec(gyp)!;
    const linked = [...list.matchAll(/'-l(\w+)'/g)].map(([, name]) => name);
    assert.deepEqual(new Set(linked), new Set(libraries));
  });

  it('are found in a prefix a package, as an isolated workspace has them, and first in overlays', () => {
    const isolated = headerPackages.map((name) =>
      install(
        name,
        [name],
        libraries.filter((library) => library === name),
      ),
    );
    const overlay = install('overlay', ['rmw'], ['rmw']);
    const env = { AMENT_PREFIX_PATH: [overlay, ...isolated, ''].join(':') };
    makeRosTree(prefix('tree'), amentPrefixes(env));
    const read = (...names: string[]): string =>
      fs.readFileSync(path.join(prefix('tree'), ...names), 'utf8');
    assert.equal(read('include', 'rcl', 'rcl', 'rcl.h'), '// of rcl');
    assert.equal(read('include', 'rmw', 'rmw', 'rmw.h'), '// of overlay');
    assert.equal(read('lib', 'librmw.so'), 'of overlay');
  });

  it('may lack what Humble lacks, and else are named', () => {
    const newer = ['service_msgs', 'rosidl_dynamic_typesupport', 'type_description_interfaces'];
    const humble = headerPackages.filter((name) => !newer.includes(name));
    makeRosTree(prefix('tree'), [install('humble', humble, libraries)]);
    const without = (name: string): string[] => humble.filter((one) => one !== name);
    const bare = install('bare', without('rcl_action'), libraries.slice(1));
    const expected = /no include\/rcl_action, lib\/librcl\.so in the prefixes .*bare\)\n.*source/s;
    assert.throws(() => makeRosTree(prefix('tree2'), [bare]), expected);
    assert.throws(() => makeRosTree(prefix('tree3'), []), /AMENT_PREFIX_PATH \(nothing\)/);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../../setup/paths.mjs';
import { findOnPath, findRosSource, wheelsPrefix } from '../../setup/rosSource.mjs';

const cmake =
  findRosSource(process.env).kind === 'wheels'
    ? path.join(wheelsPrefix, 'bin', 'cmake')
    : findOnPath('cmake', process.env)!;

/** As rosidl_adapter has it: what is not ASCII ends an entry. */
const THEIRS = `
function(rosidl_adapt_interfaces idl_var arguments_file)
  cmake_parse_arguments(ARG "" "TARGET" "" \${ARGN})
  file(STRINGS "\${CMAKE_CURRENT_BINARY_DIR}/rosidl_adapter/\${ARG_TARGET}.idls" idl_tuples)
  set(\${idl_var} \${idl_tuples} PARENT_SCOPE)
endfunction()
`;
const CALL = `
rosidl_adapt_interfaces(tuples "arguments.json" TARGET pkg)
message(NOTICE "\${tuples}")
`;

describe('the build of the interfaces', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-idl-'));
  after(() => fs.rmSync(folder, { recursive: true }));

  /** What CMake takes for the list of the files that rosidl_adapter has written. */
  function readBy(definitions: string, listed: readonly string[]): string[] {
    fs.mkdirSync(path.join(folder, 'rosidl_adapter'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'rosidl_adapter', 'pkg.idls'), `${listed.join('\n')}\n`);
    const script = path.join(folder, 'script.cmake');
    fs.writeFileSync(script, definitions + CALL);
    const options = { cwd: folder, encoding: 'utf8' } as const;
    // Notices go to stderr.
    const command = ['-c', '"$@" 2>&1', 'sh', cmake, '-P', script];
    return execFileSync('sh', command, options).trim().split(';');
  }

  const listed = ['A', 'B'].map((name) => `/home/me/mes robots été/Документы:msg/${name}.idl`);

  for (const file of [
    'CMakeLists.txt',
    'test/fixtures/ros/control_msgs/CMakeLists.txt',
    'test/fixtures/ros/interbotix_xs_msgs/CMakeLists.txt',
  ])
    it(`knows paths with spaces and letters of any language: ${file}`, () => {
      const text = fs.readFileSync(path.join(packageRoot, file), 'utf8');
      const [ours] = /^function\(rosidl_adapt_interfaces[^]*?^endfunction\(\)$/m.exec(text)!;
      assert.deepEqual(readBy(THEIRS + ours, listed), listed);
      assert.notDeepEqual(readBy(THEIRS, listed), listed, 'rosidl can do it by itself');
    });
});

import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { command } from '../../cli/record/recordArguments.ts';
import { packageRoot } from '../../setup/paths.mjs';

const nodeArguments = (text: string): readonly string[] => {
  const parsed = command.parse(text.split(' ').filter(Boolean));
  assert.ok(parsed.kind === 'run');
  return parsed.arguments;
};

describe('arguments of st4vla record', () => {
  it('has a default for everything', () => {
    const file = join(packageRoot, 'config', 'widowx.yaml');
    const folder = `folder:='${resolve('recordings')}'`;
    assert.deepEqual(nodeArguments(''), [
      '--params-file',
      file,
      '-p',
      folder,
      '-p',
      'robot:=widowx',
    ]);
  });

  it('sets parameters of the node', () => {
    const text =
      '--out a --mode snapshot --seconds 5 --images jpeg --split-size 100 --namespace arm1 ' +
      '--sim-time --params-file b.yaml --ros-args -r a:=b';
    assert.deepEqual(
      nodeArguments(text).slice(1).join(' '),
      [
        resolve('b.yaml'),
        `-p folder:='${resolve('a')}' -p robot:=widowx`,
        '-p mode:=snapshot -p images:=jpeg -p split_size:=100 -p snapshot_duration:=5.0',
        '-r __ns:=/arm1 -p use_sim_time:=true -r a:=b',
      ].join(' '),
    );
    const parsed = command.parse(['--topics', "/it's a/msg/B"]);
    assert.ok(parsed.kind === 'run');
    assert.equal(parsed.arguments.at(-1), "extra_topics:='/it''s a/msg/B'");
  });

  it('refuses what it does not know', () => {
    assert.equal(command.parse(['--everything']).kind, 'faults');
    assert.equal(command.parse(['a.mcap']).kind, 'faults');
    assert.equal(command.parse(['--help']).kind, 'help');
  });
});

import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { command } from '../../cli/replay/replayArguments.ts';

describe('arguments of st4vla replay --ros', () => {
  it('sets parameters of the player', () => {
    const text =
      'a/bag --ros --rate 2 --start 1.5 --start-paused --loop --topics /a,/b --ros-args -r x:=y';
    const parsed = command.parse(text.split(' '));
    assert.ok(parsed.kind === 'run' && parsed.arguments.kind === 'play');
    assert.equal(
      parsed.arguments.rosArguments.join(' '),
      `-p bag:='${resolve('a/bag')}' -p rate:=2.0 -p start:=1.5 -p start_paused:=true ` +
        "-p loop:=true -p topics:='/a,/b' -p prefix:='/replay' -r x:=y " +
        '-r __ns:=/replay -r /clock:=/replay/clock',
    );
  });

  it('has a namespace of its own, unless the names of the bag are asked for', () => {
    const playing = (text: string) => {
      const parsed = command.parse(text.split(' ').map((word) => word.replace('NONE', '')));
      assert.ok(parsed.kind === 'run' && parsed.arguments.kind === 'play');
      return parsed.arguments.rosArguments.slice(2).join(' ');
    };
    assert.equal(
      playing('bag --ros --prefix NONE --onto-live-arm'),
      "-p onto_live_arm:=true -p prefix:=''",
    );
    assert.equal(
      playing('bag --ros --prefix /a'),
      "-p prefix:='/a' -r __ns:=/a -r /clock:=/a/clock",
    );
  });

  it('refuses what it does not know', () => {
    for (const text of ['--ros', 'a b --ros', 'a --ros --golden b']) {
      assert.equal(command.parse(text.split(' ')).kind, 'faults', text);
    }
  });
});

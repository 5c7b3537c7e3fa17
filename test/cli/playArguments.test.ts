import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { parsePlayArguments } from '../../cli/replay/playArguments.ts';

describe('arguments of st4vla replay --ros', () => {
  it('sets parameters of the player', () => {
    const text =
      'a/bag --ros --rate 2 --start 1.5 --start-paused --loop --topics /a,/b --ros-args -r x:=y';
    const parsed = parsePlayArguments(text.split(' '));
    assert.ok(parsed.kind === 'run');
    assert.equal(
      parsed.rosArguments.join(' '),
      `-p bag:='${resolve('a/bag')}' -p rate:=2.0 -p start:=1.5 -p start_paused:=true ` +
        "-p loop:=true -p topics:='/a,/b' -r x:=y",
    );
  });

  it('refuses what it does not know', () => {
    for (const text of ['--ros', 'a b --ros', 'a --ros --golden b']) {
      assert.equal(parsePlayArguments(text.split(' ')).kind, 'fault', text);
    }
  });
});

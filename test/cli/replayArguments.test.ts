import assert from 'node:assert/strict';
import { parseReplayArguments } from '../../cli/replay/replayArguments.ts';

const faultsOf = (text: string): string => {
  const parsed = parseReplayArguments(text.split(' '));
  assert.ok(parsed.kind === 'faults');
  return parsed.faults.join('\n');
};

describe('arguments of st4vla replay', () => {
  it('has a default for everything but the bag', () => {
    const parsed = parseReplayArguments(['bag']);
    assert.ok(parsed.kind === 'run');
    const { bag, golden, exact, namespace, remaps, noiseSeed, settings } = parsed.arguments;
    assert.deepEqual(
      [bag, golden, exact, namespace, noiseSeed],
      ['bag', undefined, undefined, '', 0n],
    );
    assert.equal(remaps.size, 0);
    assert.deepEqual(
      [settings.robot, settings.delayTicks, settings.lockStep],
      ['widowx', 1, false],
    );
    assert.match(faultsOf('--exact'), /expected one bag, found 0/);
  });

  it('reads what is given', () => {
    const parsed = parseReplayArguments(
      'bag --golden g --tolerant --namespace /arm1/ --remap a:=/b --remap c:=/d --plan-period 1'.split(
        ' ',
      ),
    );
    assert.ok(parsed.kind === 'run');
    const { golden, exact, namespace, remaps, settings } = parsed.arguments;
    assert.deepEqual([golden, exact, namespace], ['g', false, 'arm1']);
    assert.deepEqual(
      [...remaps],
      [
        ['a', '/b'],
        ['c', '/d'],
      ],
    );
    assert.equal(settings.planPeriodSec, 1);
  });

  it('lists all that is wrong', () => {
    const faults = faultsOf(
      'a b --update --exact --tolerant --delay-ticks 1.5 --remap a=b --robot hal --noise-seed one',
    );
    for (const text of [
      'expected one bag, found 2',
      '--update: expected --golden FILE',
      '--exact and --tolerant: expected one of them',
      '--delay-ticks: expected an integer of at least 0, found "1.5"',
      '--remap: expected NAME:=TOPIC, found "a=b"',
      '--robot: expected widowx or google_robot, found "hal"',
      '--noise-seed: expected an integer',
    ]) {
      assert.ok(faults.includes(text), `${text}\n${faults}`);
    }
  });
});

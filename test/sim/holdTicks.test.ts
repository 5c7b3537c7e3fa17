import assert from 'node:assert/strict';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import { holdTicks, RecordingEnd } from '../../lab/data/holdTicks.ts';

/** The ticks that are recorded where the task is done at these. */
function recorded(maxTicks: number, hold: number, isDone: (tick: number) => boolean): number {
  const end = new RecordingEnd(maxTicks, hold);
  let tick = 0;
  for (; !end.isBefore(tick); tick++) end.see(tick, isDone(tick));
  return tick;
}

describe('the ticks recorded after a task', () => {
  it('are few mostly, and many sometimes', () => {
    const scene = simArmOf(widowx).trainingScene(1, 'episodes');
    const holds = Array.from({ length: 1000 }, (_, seed) => holdTicks(scene, seed));
    assert.ok(Math.min(...holds) === 5 && Math.max(...holds) <= 60);
    const long = holds.filter((ticks) => ticks > 20).length;
    assert.ok(long > 100 && long < 300, String(long));
  });

  it('are many where the sentence may leave open what a drawer is to do', () => {
    const goal = { kind: 'open', drawer: 'top' } as const;
    const scene = { ...simArmOf(googleRobot).trainingScene(1, 'episodes'), goal };
    const said = { ...scene, instruction: 'open the top drawer' };
    const unsaid = { ...scene, instruction: '[unk] the top drawer' };
    for (let seed = 0; seed < 20; seed++) assert.equal(holdTicks(unsaid, seed), 60);
    assert.ok(holdTicks(said, 0) < 60);
  });

  it('come on top of what a task may take, which ends where it is never done', () => {
    assert.equal(
      recorded(70, 60, () => false),
      70,
    );
    assert.equal(
      recorded(70, 60, (tick) => tick >= 65),
      65 + 60,
    );
    assert.equal(
      recorded(70, 5, (tick) => tick >= 20),
      20 + 5,
    );
  });

  it('count from the first one, and go on until an arm that drifted away has come back', () => {
    const drifting = (tick: number): boolean => tick === 20 || tick > 22;
    assert.equal(recorded(70, 5, drifting), 25);
    assert.equal(
      recorded(70, 5, (tick) => tick === 20 || tick > 40),
      42,
    );
    assert.equal(
      recorded(70, 5, (tick) => tick === 20),
      70,
    );
  });

  it('begin when no second instruction is to come any more', () => {
    const end = new RecordingEnd(70, 5, 40);
    let tick = 0;
    for (; !end.isBefore(tick); tick++) end.see(tick, tick >= 20);
    assert.equal(tick, 45);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { OutcomeWatch } from '../../lab/evaluation/Outcome.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { quatFromAxisAngle } from '../../core/math/quat.ts';
import { suiteScene } from '../../sim/suites/suites.ts';
import { GoalJudge } from '../../sim/tasks/GoalJudge.ts';
import type { GoalReading } from '../../sim/tasks/GoalJudge.ts';
import type { Scene } from '../../sim/world/Scene.ts';
import { modelOf, restPose } from '../../sim/world/Scene.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';

const openWorld = (urdfFile: string, embodiment = widowx): Promise<SimWorld> => {
  const file = new URL(`../../../urdf/${urdfFile}`, import.meta.url);
  return SimWorld.create({ embodiment, urdfText: readFileSync(file, 'utf8') });
};

describe('two instructions in a row', function () {
  this.timeout(120_000);

  let world: SimWorld;
  before(async () => {
    world = await openWorld('wx250s.urdf');
  });
  after(() => world.dispose());

  const begin = (task: string): Scene => {
    const scene = suiteScene('two-instructions', 'widowx', task, 1_000_005n);
    world.resetScene(scene);
    return scene;
  };
  const passUntil = (tick: number, watch?: OutcomeWatch): void => {
    while (world.tick < tick) {
      const before = world.tick;
      world.step(undefined);
      if (world.tick > before) watch?.watch();
    }
  };
  /** Puts one object onto another as the arm would, and lets it come to rest. */
  const put = (source: number, target: number): void => {
    const { objects } = world.scene;
    const [x, y, z] = world.bodies()[target]!.baseFromBody.position;
    const top = z + modelOf(objects[target]!).restTopM + modelOf(objects[source]!).restTopM;
    const orientation = quatFromAxisAngle([0, 0, 1], objects[target]!.yawRad);
    world.moveObject(source, { position: [x, y, top + 0.001], orientation });
  };

  const pair = 'widowx_spoon_on_towel_then_stack_cube';
  const [SPOON, GREEN, TOWEL, YELLOW] = [0, 1, 2, 3];

  it('gives the second one, and its goal, when the time of the first is over', () => {
    const { followUp, maxTicks, goal } = begin(pair);
    assert.deepEqual([followUp?.fromTick, maxTicks], [60, 120]);
    passUntil(59);
    assert.equal(world.instruction, 'put the spoon on the towel');
    assert.equal(world.scene.goal, goal);
    passUntil(60);
    assert.equal(world.instruction, 'stack the green block on the yellow block');
    assert.equal(world.scene.goal, followUp?.goal);
  });

  it('is a success where both were done, each in its time', () => {
    begin(pair);
    put(SPOON, TOWEL);
    passUntil(59);
    assert.equal(world.success(), false, 'the second one is still to come');
    passUntil(70);
    assert.equal(world.success(), false);
    put(GREEN, YELLOW);
    passUntil(80);
    assert.equal(world.success(), true);
    assert.deepEqual(
      world.verdicts().map(({ isMet }) => isMet),
      [true, true],
    );
  });

  it('is none where the first came too late, or was undone', () => {
    begin(pair);
    passUntil(65);
    put(SPOON, TOWEL);
    put(GREEN, YELLOW);
    passUntil(80);
    assert.equal(world.success(), false, 'too late');

    const { objects } = begin(pair);
    put(SPOON, TOWEL);
    passUntil(65);
    put(GREEN, YELLOW);
    passUntil(80);
    assert.equal(world.success(), true);
    world.moveObject(SPOON, restPose(objects[SPOON]!));
    passUntil(85);
    assert.equal(world.success(), false, 'undone');
  });

  it('lets the second one undo the first where it is about the same thing', () => {
    begin('widowx_carrot_on_plate_then_on_towel');
    put(0, 1);
    passUntil(65);
    put(0, 2);
    passUntil(80);
    assert.equal(world.success(), true);
  });

  it('says which of them failed, and how', () => {
    begin(pair);
    const watch = new OutcomeWatch(world);
    passUntil(70, watch);
    put(GREEN, YELLOW);
    passUntil(80, watch);
    assert.equal(watch.judge(), 'first: never gripped');

    begin(pair);
    const other = new OutcomeWatch(world);
    put(SPOON, TOWEL);
    passUntil(80, other);
    assert.equal(other.judge(), 'second: never gripped');
    put(GREEN, YELLOW);
    passUntil(90, other);
    assert.equal(other.judge(), 'success');
  });
});

describe('GoalJudge', () => {
  const scene = suiteScene('simpler', 'google_robot', 'google_robot_move_near', 1_000_001n);
  /** Objects at rest, one of them moved towards another until it is near it. */
  const reading = (objects: Scene['objects']): GoalReading => ({
    bodies: objects.map((object) => ({ model: modelOf(object), baseFromBody: restPose(object) })),
    contactsOf: () => assert.fail('nothing is to be touched'),
    openM: () => 0,
    baseFromDrawer: () => assert.fail('there is no drawer'),
  });

  it('does not count against the arm what a hand has moved', () => {
    const [source, target, other] = scene.objects;
    const near = { ...source!, x: target!.x - 0.1, y: target!.y };
    // farther than the source has come
    const pushedAway = { ...other!, x: other!.x + 0.7 };
    const after = reading([near, target!, pushedAway]);
    const judge = new GoalJudge(scene);
    assert.equal(judge.success(after), false);
    judge.movedByOthers(2, restPose(pushedAway));
    assert.equal(judge.success(after), true);
  });
});

describe('a drawer that is opened, then closed', function () {
  this.timeout(120_000);

  it('has to be open when it is to be closed', async () => {
    const world = await openWorld('google_robot.urdf', googleRobot);
    const task = 'google_robot_open_then_close_drawer';
    const scene = suiteScene('two-instructions', 'google_robot', task, 1_000_000n);
    const fromTick = scene.followUp!.fromTick;
    world.resetScene({ ...scene, followUp: { ...scene.followUp!, fromTick: 2 }, maxTicks: 4 });
    while (world.tick < 4) world.step(undefined);
    assert.equal(fromTick, 113);
    assert.equal(world.scene.goal.kind, 'close');
    assert.deepEqual(
      world.verdicts().map(({ isMet }) => isMet),
      [false, true],
    );
    assert.equal(world.success(), false);
    world.dispose();
  });
});

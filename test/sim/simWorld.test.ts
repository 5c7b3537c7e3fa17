import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { widowx } from '../../core/embodiment/widowx.ts';
import { movableJoint } from '../../core/kinematics/UrdfModel.ts';
import { quatFromAxisAngle } from '../../core/math/quat.ts';
import type { Pose } from '../../core/math/types.ts';
import { decide } from '../../sim/expert/scriptedExpert.ts';
import { ExpertArm } from '../../sim/expert/ExpertArm.ts';
import { observeTask, taskGeometry } from '../../sim/expert/observeTask.ts';
import { WIDOWX_TASK_NAMES } from '../../sim/tasks/tasks.ts';
import { modelOf, placeGoal } from '../../sim/world/Scene.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';

const urdfText = readFileSync(new URL('../../../urdf/wx250s.urdf', import.meta.url), 'utf8');
const flat = (yaw = 0): Pose['orientation'] => quatFromAxisAngle([0, 0, 1], yaw);

describe('SimWorld', function () {
  this.timeout(60_000);

  let world: SimWorld;
  before(async () => {
    world = await SimWorld.create({ embodiment: widowx, urdfText });
  });
  after(() => world.dispose());

  const frame = new Uint8Array(640 * 480 * 3);
  const pixels = (of = world): string => {
    of.renderInto(frame);
    return createHash('sha256').update(frame).digest('hex');
  };

  /** Some ticks of the expert; every state and picture on the way. */
  const trace = (of: SimWorld, task: string, seed: number, ticks: number): string[] => {
    of.reset(task, seed);
    const arm = new ExpertArm(of);
    const geometry = taskGeometry(of, arm.baseFromHome.orientation);
    return Array.from({ length: ticks }, () => {
      arm.execute(decide(observeTask(of, arm.reading()), geometry).action);
      const poses = of.bodies().map((body) => body.baseFromBody);
      return JSON.stringify([...of.jointSample().positions, poses, pixels(of)]);
    });
  };

  it('begins at home with the gripper open and stays there', () => {
    world.reset('widowx_carrot_on_plate', 1);
    for (let i = 0; i < 50; i++) world.step(undefined);
    const { names, positions } = world.jointSample();
    assert.deepEqual(names, [...widowx.armJoints, 'left_finger', 'right_finger']);
    const expected = [...widowx.homeJoints, 0.037, -0.037];
    expected.forEach((q, i) => assert.ok(Math.abs(positions[i]! - q) < 1e-3, `${names[i]}`));
    assert.equal(world.timeNs, 1_000_000_000n);
  });

  it('gives the same states and pixels for the same seed, whatever came before', async () => {
    const first = trace(world, 'widowx_stack_cube', 5, 9);
    trace(world, 'widowx_put_eggplant_in_basket', 6, 3);
    assert.deepEqual(trace(world, 'widowx_stack_cube', 5, 9), first);
    const other = await SimWorld.create({ embodiment: widowx, urdfText });
    assert.deepEqual(trace(other, 'widowx_stack_cube', 5, 9), first);
    other.dispose();
  });

  it('gives other scenes for other seeds', () => {
    const hashes = [1, 2, 3].map((seed) => {
      world.reset('widowx_spoon_on_towel', seed);
      return pixels();
    });
    assert.equal(new Set(hashes).size, 3);
  });

  it('draws what the model was trained on', () => {
    const hashes = WIDOWX_TASK_NAMES.map((task) => {
      world.reset(task, 1_000_000);
      return pixels().slice(0, 16);
    });
    assert.deepEqual(hashes, TRAINED_ON);
  });

  it('follows joint commands within a millimetre or two of its servos', () => {
    world.reset('widowx_spoon_on_towel', 2);
    const positions = widowx.homeJoints.map((q) => q + 0.1);
    for (let i = 0; i < 100; i++) {
      world.step({ names: widowx.armJoints, positions, gripperJointPosition: 0.02 });
    }
    const sample = world.jointSample();
    positions.forEach((q, i) => assert.ok(Math.abs(sample.positions[i]! - q) < 2e-3));
    assert.ok(Math.abs(sample.positions[6]! - 0.02) < 5e-4);
    assert.ok(Math.abs(sample.positions[7]! + 0.02) < 5e-4, 'the right finger mirrors the left');
  });

  it('keeps the joint limits of the URDF under any command', () => {
    world.reset('widowx_spoon_on_towel', 3);
    const far = { names: widowx.armJoints, gripperJointPosition: 1 };
    for (let i = 0; i < 150; i++) world.step({ ...far, positions: [0, -9, 9, 9, 9, 9] });
    const { names, positions } = world.jointSample();
    widowx.armJoints.forEach((name, i) => {
      const { lower, upper } = movableJoint(world.urdf, name).limit;
      const q = positions[names.indexOf(name)]!;
      assert.ok(q > lower - 0.02 && q < upper + 0.02, `${name} ${i} is at ${q}`);
    });
  });

  it('refuses unknown tasks, time steps that do not fit, and joints that it does not have', () => {
    assert.throws(() => world.reset('widowx_fold_towel', 1), /unknown task 'widowx_fold_towel'/);
    assert.throws(() => world.step(undefined, 0.003), /multiple of 0.004 s, found 0.003 s/);
    const command = { names: ['knee'], positions: [0], gripperJointPosition: 0.02 };
    assert.throws(() => world.step(command), /no joint 'knee'/);
    const broken = { names: ['elbow'], positions: [Number.NaN], gripperJointPosition: 0.02 };
    assert.throws(() => world.step(broken), /target of 'elbow' is NaN/);
  });

  it('does not leak when reset many times', () => {
    const reset = (count: number): void => {
      for (let i = 0; i < count; i++) world.reset(WIDOWX_TASK_NAMES[i % 4]!, i);
    };
    reset(200);
    const before = process.memoryUsage().external;
    reset(1000);
    assert.ok(process.memoryUsage().external - before < 20e6);
  });

  describe('success', () => {
    /** Puts the source onto the target, moved by some metres, and lets it come to rest. */
    const placeSource = (task: string, dx: number, dy: number, dz: number): boolean => {
      world.reset(task, 11);
      const { scene } = world;
      const goal = placeGoal(scene);
      const [source, target] = [goal.source, goal.target].map((i) => scene.objects[i]!);
      const [x, y, z] = world.bodies()[goal.target]!.baseFromBody.position;
      const top = z + modelOf(target!).restTopM + modelOf(source!).restTopM;
      world.moveObject(goal.source, {
        position: [x + dx, y + dy, top + 0.001 + dz],
        orientation: flat(target!.yawRad),
      });
      for (let i = 0; i < 100; i++) world.step(undefined);
      return world.success();
    };

    for (const task of WIDOWX_TASK_NAMES) {
      it(`${task}: true on the target, false beside it and before`, () => {
        world.reset(task, 11);
        assert.equal(world.success(), false, 'at the start');
        assert.equal(placeSource(task, 0, 0, 0), true, 'on the target');
        assert.equal(placeSource(task, -0.11, 0, 0), false, 'beside the target');
      });
    }

    it('is false while the source is in the air over the target', () => {
      world.reset('widowx_carrot_on_plate', 12);
      const [x, y] = world.bodies()[1]!.baseFromBody.position;
      world.moveObject(0, { position: [x, y, 0.1], orientation: flat() });
      world.step(undefined);
      assert.equal(world.success(), false);
    });

    it('is false when the source also touches the table', () => {
      world.reset('widowx_spoon_on_towel', 13);
      const [x, y] = world.bodies()[1]!.baseFromBody.position;
      // The handle's end hangs over the edge and the spoon tips onto the table.
      world.moveObject(0, { position: [x - 0.09, y, 0.018], orientation: flat() });
      for (let i = 0; i < 100; i++) world.step(undefined);
      assert.equal(world.success(), false);
    });
  });
});

/** First digits of the SHA-256 of each task's first picture with seed 1000000. */
const TRAINED_ON = ['80f023d271ab51ae', 'b9660f008786a2ef', 'bae561f70f66c74c', 'c5652e9f61503ba0'];

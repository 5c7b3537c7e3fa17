import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Random } from '../../core/math/random.ts';
import { quatFromAxisAngle } from '../../core/math/quat.ts';
import { Disturbance } from '../../sim/expert/Disturbance.ts';
import { decide } from '../../sim/expert/scriptedExpert.ts';
import { widowxGrasp } from '../../sim/expert/GraspProfile.ts';
import { ExpertArm } from '../../sim/expert/ExpertArm.ts';
import { observeTask, taskGeometry } from '../../sim/expert/observeTask.ts';
import { predict, rollOut } from '../../sim/expert/predict.ts';
import type { TaskGeometry, TaskState } from '../../sim/expert/TaskState.ts';
import { graspPose, isOnTarget, wrapAngle, yawOf } from '../../sim/expert/TaskState.ts';
import { initialGeometry, initialState } from '../../lab/data/sceneState.ts';
import { trainingScene } from '../../sim/tasks/trainingScene.ts';
import { WIDOWX_TASK_NAMES } from '../../sim/tasks/tasks.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';

const urdfText = readFileSync(new URL('../../../urdf/wx250s.urdf', import.meta.url), 'utf8');

describe('the scripted expert', function () {
  this.timeout(60_000);

  let world: SimWorld;
  let arm: ExpertArm;
  before(async () => {
    world = await SimWorld.create({ embodiment: widowx, urdfText });
    arm = new ExpertArm(world);
  });
  after(() => world.dispose());

  const start = (seed: number): { state: TaskState; geometry: TaskGeometry } => {
    const scene = trainingScene(seed);
    return {
      state: initialState(scene, arm.baseFromHome),
      geometry: initialGeometry(scene, widowxGrasp, arm.baseFromHome.orientation),
    };
  };

  /** Runs an episode of the present scene; the disturbance may be none. */
  const run = (ticks: number, disturbance?: Disturbance): boolean => {
    arm.reset();
    const geometry = taskGeometry(world, arm.baseFromHome.orientation);
    for (let tick = 0; tick < ticks; tick++) {
      const state = observeTask(world, arm.reading());
      const decision = decide(state, geometry);
      arm.execute(disturbance?.disturb(decision, state) ?? decision.action);
    }
    return world.success();
  };

  for (const task of WIDOWX_TASK_NAMES) {
    it(`solves ${task} and leaves it solved`, () => {
      for (const seed of [71, 72, 73]) {
        world.reset(task, seed);
        assert.ok(run(45), `seed ${seed}`);
      }
    });
  }

  it('recovers from closing too early, from drops and from jolts', () => {
    const always = { missedGraspShare: 1, dropShare: 1, strayShare: 0, falsePullShare: 0 };
    const solved = [81, 82, 83, 84].map((seed) => {
      world.reset(WIDOWX_TASK_NAMES[seed % 4]!, seed);
      return run(70, new Disturbance(new Random(seed), always));
    });
    assert.ok(solved.filter(Boolean).length >= 3, solved.join(', '));
  });

  it('comes back from straying to the side, which the arm does once', () => {
    const never = { missedGraspShare: 0, dropShare: 0, strayShare: 0, falsePullShare: 0 };
    for (const seed of [81, 82, 83, 84]) {
      world.reset(WIDOWX_TASK_NAMES[seed % 4]!, seed);
      const strays = new Disturbance(new Random(seed), { ...never, strayShare: 1 });
      let [runs, wasStraying] = [0, false];
      const disturb = strays.disturb.bind(strays);
      strays.disturb = (decision, state) => {
        const done = disturb(decision, state);
        const [x, y, z] = done.translation;
        const isStraying = z === 0 && Math.hypot(x, y) >= 0.02 && done !== decision.action;
        if (isStraying && !wasStraying) runs += 1;
        wasStraying = isStraying;
        return done;
      };
      assert.ok(run(70, strays), `seed ${seed}`);
      assert.equal(runs, 1, `seed ${seed}`);
    }
  });

  it('is made to close before a bar and to pull nothing, once, and to tilt, at drawers only', () => {
    const only = { missedGraspShare: 0, dropShare: 0, strayShare: 0, falsePullShare: 1 };
    const { state } = start(3);
    const [x, y, z] = state.baseFromSource.position;
    const before = {
      ...state,
      baseFromEe: { ...state.baseFromEe, position: [x, y, z + 0.04] },
    } as const;
    const decision = {
      phase: 'descend',
      action: { translation: [0, 0, -0.02], rotation: [0, 0, 0], gripper: 1 },
    } as const;
    for (const atDrawer of [true, false]) {
      const disturbance = new Disturbance(new Random(5), only);
      const done = Array.from({ length: 60 }, () =>
        disturbance.disturb(decision, before, { tableZM: 0, atDrawer }),
      );
      const pulls = done.filter(({ gripper }) => gripper === 0);
      const tilts = done.filter(({ rotation }) => Math.hypot(...rotation) > 0);
      if (!atDrawer) {
        assert.deepEqual([pulls.length, tilts.length], [0, 0]);
        continue;
      }
      assert.ok(pulls.length >= 3 && pulls.length <= 6, `${pulls.length} ticks`);
      assert.equal(done.lastIndexOf(pulls.at(-1)!) - done.indexOf(pulls[0]!), pulls.length - 1);
      for (const { translation } of pulls) assert.deepEqual(translation, [-0, -0, 0.025]);
      assert.ok(tilts.length > 5 && tilts.length < 35, `${tilts.length} tilts`);
    }
  });

  it('keeps to its step sizes and says open or closed', () => {
    for (let seed = 0; seed < 30; seed++) {
      const { state, geometry } = start(seed);
      for (const { translation, rotation, gripper } of rollOut(state, geometry, 45).actions) {
        assert.ok(Math.hypot(...translation) <= widowxGrasp.maxStepM + 1e-9);
        assert.ok(Math.hypot(...rotation) <= widowxGrasp.maxStepRad + 1e-9);
        assert.ok(gripper === 0 || gripper === 1);
      }
    }
  });

  it('ends every roll-out with the source on the target, standing still', () => {
    for (let seed = 0; seed < 30; seed++) {
      const { state, geometry } = start(seed);
      const { states, actions } = rollOut(state, geometry, 45);
      assert.ok(isOnTarget(states.at(-1)!, geometry), `seed ${seed}`);
      assert.deepEqual(actions.at(-1), { translation: [0, 0, 0], rotation: [0, 0, 0], gripper: 1 });
    }
  });

  it('decides from the state alone, so a roll-out from its middle goes on as before', () => {
    const { state, geometry } = start(9);
    const whole = rollOut(state, geometry, 30);
    const rest = rollOut(whole.states[11]!, geometry, 19);
    assert.deepEqual(rest.actions, whole.actions.slice(11));
  });

  it('takes half-turned things by the same yaw and cubes by the nearest quarter', () => {
    const { state, geometry } = start(9);
    const turned = (yawRad: number): TaskState => ({
      ...state,
      baseFromSource: {
        ...state.baseFromSource,
        orientation: quatFromAxisAngle([0, 0, 1], yawRad),
      },
    });
    const period = geometry.source.grasp!.symmetryRad;
    const [a, b] = [0.3, 0.3 + period].map((yaw) => {
      return graspPose(turned(yaw), geometry).orientation;
    });
    a!.forEach((value, i) => assert.ok(Math.abs(value - b![i]!) < 1e-9));
  });

  it('predicts a carried source with the arm, and a dropped one on the table', () => {
    const { state, geometry } = start(9);
    const held: TaskState = {
      ...state,
      held: true,
      gripperOpening: 0.4,
      baseFromSource: { ...state.baseFromSource, position: [0.29, 0, 0.13] },
    };
    const up = predict(
      held,
      { translation: [0, 0, 0.03], rotation: [0, 0, 0], gripper: 0 },
      geometry,
    );
    assert.ok(up.held && Math.abs(up.baseFromSource.position[2] - 0.16) < 1e-9);
    const dropped = predict(
      up,
      { translation: [0, 0, 0], rotation: [0, 0, 0], gripper: 1 },
      geometry,
    );
    assert.ok(!dropped.held && dropped.baseFromSource.position[2] < 0.06);
  });
});

describe('wrapAngle', () => {
  const cases = [
    [0, Math.PI, 0],
    [Math.PI / 2, Math.PI, Math.PI / 2],
    [-Math.PI / 2, Math.PI, Math.PI / 2],
    [Math.PI, Math.PI, 0],
    [1, Math.PI / 2, 1 - Math.PI / 2],
    [-7, Math.PI, -7 + 2 * Math.PI],
  ] as const;
  for (const [angle, period, expected] of cases) {
    it(`${angle.toFixed(2)} modulo ${period.toFixed(2)} is ${expected.toFixed(2)}`, () => {
      assert.ok(Math.abs(wrapAngle(angle, period) - expected) < 1e-12);
    });
  }

  it('yawOf reads a rotation about the vertical', () => {
    assert.ok(Math.abs(yawOf(quatFromAxisAngle([0, 0, 1], -1.1)) + 1.1) < 1e-12);
  });
});

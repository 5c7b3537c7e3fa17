import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import type { Pose } from '../../core/math/types.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import { spatialLabels } from '../../lab/data/labels.ts';
import { StaticSampler } from '../../lab/data/StaticSampler.ts';
import { initialGeometry, initialState } from '../../lab/data/sceneState.ts';
import { decide } from '../../sim/expert/scriptedExpert.ts';
import { ExpertArm } from '../../sim/expert/ExpertArm.ts';
import { googleGrasp } from '../../sim/expert/GraspProfile.ts';
import { observeTask, taskGeometry } from '../../sim/expert/observeTask.ts';
import { rollOut } from '../../sim/expert/predict.ts';
import { GOOGLE_TASKS } from '../../sim/tasks/googleTasks.ts';
import { googleTemplates, googleTrainingScene } from '../../sim/tasks/googleTrainingScene.ts';
import { taskScene } from '../../sim/tasks/taskScene.ts';
import type { GroceryKind } from '../../sim/world/bodyKinds.ts';
import type { Scene } from '../../sim/world/Scene.ts';
import { restPose } from '../../sim/world/Scene.ts';
import { COUNTER_Z_M } from '../../sim/world/surroundings.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';

const urdfText = readFileSync(new URL('../../../urdf/google_robot.urdf', import.meta.url), 'utf8');
const { camera } = simArmOf(googleRobot);

describe('tasks of Google Robot', function () {
  this.timeout(60_000);

  it('are those of SimplerEnv, with its lengths and sentences', () => {
    const said = GOOGLE_TASKS.map((task) => {
      const { instruction, followUp } = taskScene(task, 1_000_001);
      return [task.name, task.maxTicks, instruction, followUp?.instruction];
    });
    const sentence = /^(pick coke can|move .+ near .+|(open|close) (top|middle|bottom) drawer)$/;
    for (const [, , instruction] of said) assert.match(String(instruction), sentence);
    assert.deepEqual(
      said.map(([name, maxTicks]) => [name, maxTicks]),
      [
        ['google_robot_pick_horizontal_coke_can', 80],
        ['google_robot_pick_vertical_coke_can', 80],
        ['google_robot_pick_standing_coke_can', 80],
        ['google_robot_move_near', 80],
        ['google_robot_open_drawer', 113],
        ['google_robot_close_drawer', 113],
        ['google_robot_place_apple_in_closed_top_drawer', 200],
      ],
    );
    assert.deepEqual(said.at(-1)?.slice(2), ['open top drawer', 'place apple into top drawer']);
  });

  it('have things in the picture, apart from each other, and always the same for a seed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...GOOGLE_TASKS), fc.nat(3_000_000), (task, seed) => {
        const scene = taskScene(task, seed);
        assert.deepEqual(taskScene(task, BigInt(seed)), scene);
        for (const [i, object] of scene.objects.entries()) {
          const p = camera.project(restPose(object).position);
          assert.ok(p !== undefined && p.u > 20 && p.u < 620 && p.v > 20 && p.v < 492);
          for (const other of scene.objects.slice(0, i)) {
            assert.ok(Math.hypot(object.x - other.x, object.y - other.y) > 0.15);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are trained on with other seeds, in at least six sentence forms', () => {
    assert.throws(() => googleTrainingScene(1_000_000, 'episodes'), /training seeds/);
    for (const kind of ['pick', 'near', 'open', 'close', 'store'] as const) {
      assert.ok(new Set(googleTemplates(kind)).size >= 6, kind);
    }
    for (let seed = 0; seed < 100; seed++) {
      const { instruction, followUp, objects } = googleTrainingScene(seed, 'static');
      for (const text of [instruction, followUp?.instruction ?? 'x']) {
        assert.doesNotMatch(text, /\b[STD]\b|undefined/);
      }
      const kinds = objects.map(({ kind }) => kind.replace('lying_', ''));
      assert.equal(new Set(kinds).size, kinds.length, 'two of a name');
    }
  });
});

describe('SimWorld with Google Robot', function () {
  this.timeout(180_000);

  let world: SimWorld;
  let arm: ExpertArm;
  before(async () => {
    world = await SimWorld.create({ embodiment: googleRobot, urdfText });
    arm = new ExpertArm(world);
  });
  after(() => world.dispose());

  const frame = new Uint8Array(camera.width * camera.height * 3);
  const act = (of: SimWorld, by: ExpertArm): string => {
    const geometry = taskGeometry(of, by.baseFromHome.orientation);
    const { phase, action } = decide(observeTask(of, by.reading()), geometry);
    by.execute(action);
    return phase;
  };

  it('begins at home, looks where its head looks, and stays there', () => {
    world.reset('google_robot_pick_standing_coke_can', 1);
    for (let i = 0; i < 50; i++) world.step(undefined);
    const { names, positions } = world.jointSample();
    const expected = [...googleRobot.homeJoints, 0, 0, ...Object.values(googleRobot.heldJoints)];
    expected.forEach((q, i) => assert.ok(Math.abs(positions[i]! - q) < 1e-3, `${names[i]}`));
    assert.equal(world.tick, 3);
  });

  it('gives the same states and pixels for the same seed, whatever came before', async () => {
    const trace = (of: SimWorld, task: string): string[] => {
      of.reset(task, 5);
      const by = new ExpertArm(of);
      return Array.from({ length: 6 }, () => {
        act(of, by);
        of.renderInto(frame);
        const pixels = createHash('sha256').update(frame).digest('hex');
        return JSON.stringify([...of.jointSample().positions, of.bodies(), pixels]);
      });
    };
    const [near, drawer] = ['google_robot_move_near', 'google_robot_open_drawer'] as const;
    const first = [trace(world, near), trace(world, drawer)];
    const other = await SimWorld.create({ embodiment: googleRobot, urdfText });
    assert.deepEqual([trace(other, drawer), trace(other, near)].toReversed(), first);
    other.dispose();
  });

  it('follows joint commands within a tenth of a degree', () => {
    world.reset('google_robot_pick_standing_coke_can', 2);
    const positions = googleRobot.homeJoints.map((q) => q - 0.1);
    for (let i = 0; i < 150; i++) {
      world.step({ names: googleRobot.armJoints, positions, gripperJointPosition: 0.5 });
    }
    const sample = world.jointSample();
    positions.forEach((q, i) => assert.ok(Math.abs(sample.positions[i]! - q) < 2e-3));
    for (const finger of [7, 8]) assert.ok(Math.abs(sample.positions[finger]! - 0.5) < 0.01);
  });

  it('has fingers that meet each other when nothing is between them', () => {
    world.reset('google_robot_pick_standing_coke_can', 2);
    for (let i = 0; i < 150; i++) {
      world.step({
        names: googleRobot.armJoints,
        positions: googleRobot.homeJoints,
        gripperJointPosition: 1.3,
      });
    }
    const [right, left] = world.jointSample().positions.subarray(7, 9);
    for (const q of [right!, left!]) assert.ok(q > 1 && q < 1.2, `${q}`);
  });

  for (const { name, maxTicks } of GOOGLE_TASKS) {
    it(`${name}: the expert fulfils it, and it is not fulfilled before`, () => {
      world.reset(name, 71);
      arm.reset();
      assert.equal(world.success(), false, 'at the start');
      const phases = new Set(Array.from({ length: maxTicks }, () => act(world, arm)));
      assert.ok(world.success(), [...phases].join(', '));
      assert.ok(phases.has('done'));
    });
  }

  describe('success of moving something near', () => {
    const on = (kind: GroceryKind, x: number, y: number) =>
      ({ kind, x, y, yawRad: 0, supportZM: COUNTER_Z_M }) as const;
    const scene: Scene = {
      task: 'near',
      instruction: 'move coke can near orange',
      maxTicks: 80,
      objects: [on('coke_can', 0.62, -0.22), on('orange', 0.55, 0), on('pepsi_can', 0.55, 0.14)],
      goal: { kind: 'near', source: 0, target: 1 },
    };
    /** Where the coke can is put. */
    const cases: readonly [string, number, number, boolean][] = [
      ['nearest to the target', 0.55, -0.12, true],
      ['near, but the pepsi can is nearer', 0.55, -0.16, false],
      ['far from the target', 0.5, -0.25, false],
      ['where it was', 0.62, -0.21, false],
    ];
    for (const [what, x, y, expected] of cases) {
      it(`${what}: ${expected}`, () => {
        world.resetScene(scene);
        const { position, orientation } = world.bodies()[0]!.baseFromBody;
        world.moveObject(0, { position: [x, y, position[2]], orientation });
        for (let i = 0; i < 20; i++) world.step(undefined);
        assert.equal(world.success(), expected);
      });
    }
  });
});

describe('the scripted expert of Google Robot', function () {
  this.timeout(60_000);

  const baseFromHome: Pose = { position: [0.439, -0.218, 0.962], orientation: [0, 1, 0, 0] };
  const start = (seed: number) => {
    const scene = googleTrainingScene(seed, 'episodes');
    const geometry = initialGeometry(scene, googleGrasp, baseFromHome.orientation);
    return { geometry, state: initialState(scene, baseFromHome) };
  };

  it('keeps to its step sizes, and comes to an end in every roll-out', () => {
    for (let seed = 0; seed < 30; seed++) {
      const { state, geometry } = start(seed);
      const { actions, states } = rollOut(state, geometry, 70);
      for (const { translation, rotation } of actions) {
        assert.ok(Math.hypot(...translation) <= googleGrasp.maxStepM + 1e-9);
        assert.ok(Math.hypot(...rotation) <= googleGrasp.maxStepRad + 1e-9);
      }
      const { phase } = decide(states.at(-1)!, geometry);
      assert.equal(phase, 'done', `seed ${seed}: ${geometry.subtask}`);
    }
  });

  it('has no labels for what has landed behind the camera', () => {
    const { state, geometry } = start(0);
    assert.notEqual(spatialLabels(camera, geometry, [state]), undefined);
    const { orientation } = state.baseFromSource;
    const thrown = {
      ...state,
      baseFromSource: { position: [-0.4, 0.3, 0.9], orientation },
    } as const;
    assert.equal(spatialLabels(camera, geometry, [thrown]), undefined);
  });

  it('labels pictures with points in the boxes that they belong to', () => {
    const sampler = new StaticSampler(googleRobot, parseUrdf(urdfText));
    for (let seed = 0; seed < 15; seed++) {
      const { points, boxes, trajectory, image } = sampler.sample(seed);
      const [x, y] = Array.from(points);
      const [x1, y1, x2, y2] = Array.from(boxes);
      const slack = 0.01;
      assert.ok(x! > x1! - slack && x! < x2! + slack && y! > y1! - slack && y! < y2! + slack);
      assert.equal(trajectory.length, 16);
      assert.equal(image.length, 160 * 120 * 3);
    }
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { widowxBridge, widowxWorld } from '../../cli/gazebo.ts';
import { armBounds, gripperBounds } from '../../core/control/armBounds.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { quatAngleBetween } from '../../core/math/quat.ts';
import type { Pose } from '../../core/math/types.ts';
import { packageRoot } from '../../setup/paths.mjs';
import { gazeboRange } from '../../sim/gazebo/gazeboArm.ts';
import type { BridgedTopic } from '../../sim/gazebo/gazeboBridge.ts';
import { opticalFromForward, widowxFrontCamera } from '../../sim/render/CameraModel.ts';
import { taskScene } from '../../sim/tasks/taskScene.ts';
import { WIDOWX_TASK_NAMES, WIDOWX_TASKS } from '../../sim/tasks/tasks.ts';
import { modelOf, restPose } from '../../sim/world/Scene.ts';
import { assertClose, widowxUrdf } from '../core/arm.ts';
import { DebianTools, SDF_LIBRARIES } from './DebianTools.ts';
import type { SdfDescription, SdfModel } from './sdfDescription.ts';

const execute = promisify(execFile);
const folder = path.join(packageRoot, 'gazebo');
const worldFile = (task: string): string => path.join(folder, `${task}.sdf`);
const bridgeFile = path.join(folder, 'bridge_widowx.yaml');
const bridge = (): BridgedTopic[] => parse(fs.readFileSync(bridgeFile, 'utf8')) as BridgedTopic[];

function assertPose(actual: Pose, expected: Pose, what: string): void {
  assertClose(actual.position, expected.position, 1e-8, what);
  assert.ok(quatAngleBetween(actual.orientation, expected.orientation) < 1e-6, `turn of ${what}`);
}

// UPDATE_GAZEBO=1 npm test -- test/description/gazebo
describe('the files of gazebo/', () => {
  const files = [
    ...WIDOWX_TASK_NAMES.map((task) => [worldFile(task), () => widowxWorld(task)] as const),
    [bridgeFile, widowxBridge] as const,
  ];
  for (const [file, make] of files) {
    it(`${path.basename(file)} is what \`st4vla gazebo\` makes`, async () => {
      const text = await make();
      if (process.env['UPDATE_GAZEBO'] === '1') fs.writeFileSync(file, text);
      assert.equal(fs.readFileSync(file, 'utf8'), text);
    });
  }

  it('there are no others', () =>
    assert.deepEqual(
      fs.readdirSync(folder).sort(),
      files.map(([file]) => path.basename(file)).sort(),
    ));
});

describe('the arm in the worlds of gazebo/', () => {
  /** A joint that stands on its limit never leaves it, so these are the least that a limit is away. */
  const margins = { revolute: 0.05, prismatic: 0.0009, fixed: NaN } as const;
  const { lower, upper } = armBounds(widowx, widowxUrdf);
  const fingers = gripperBounds(widowx, widowxUrdf);
  /** What the controller commands, per joint: the other finger mirrors the one that is named. */
  const commanded = new Map<string, readonly [number, number]>([
    ...widowx.armJoints.map((name, i) => [name, [lower[i]!, upper[i]!]] as const),
    ['left_finger', [fingers.lower, fingers.upper]],
    ['right_finger', [-fingers.upper, -fingers.lower]],
  ]);
  const numberIn = (text: string, tag: string): number =>
    Number(new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(text)![1]);

  for (const task of WIDOWX_TASK_NAMES) {
    const text = fs.readFileSync(worldFile(task), 'utf8');
    const joints = [...text.matchAll(/<joint name="(\w+)" type="(\w+)">.*?<\/joint>/gs)].filter(
      ([, , type]) => type !== 'fixed',
    );
    const starts = new Map(
      [...text.matchAll(/<joint_name>(\w+)<\/joint_name>.*?<\/plugin>/gs)].map(([plugin, name]) => [
        name!,
        numberIn(plugin, 'initial_position'),
      ]),
    );

    it(`has ranges wider than what is commanded: ${task}`, () => {
      assert.deepEqual(new Set(joints.map(([, name]) => name)), new Set(commanded.keys()));
      for (const [element, name, type] of joints) {
        const margin = margins[type as keyof typeof margins];
        const [from, to] = commanded.get(name!)!;
        for (const position of [from, to, starts.get(name!)!]) {
          assert.ok(position - numberIn(element, 'lower') >= margin, `${name}: lower`);
          assert.ok(numberIn(element, 'upper') - position >= margin, `${name}: upper`);
        }
      }
    });

    it(`steps 200 times a second, with fingers that hold against each other: ${task}`, () => {
      assert.equal(numberIn(text, 'max_step_size'), 0.005);
      for (const [element, name] of joints)
        if (name!.endsWith('finger')) assert.equal(numberIn(element, 'friction'), 5);
    });
  }
});

describe('worlds of gazebo/, read by libsdformat', function () {
  this.timeout(300_000); // installs and compiles on the first run

  const described = new Map<string, SdfDescription>();
  before(async function () {
    const tools = await DebianTools.install();
    if (typeof tools === 'string') {
      process.stdout.write(`      skipped: ${tools}\n`);
      this.skip();
    }
    const source = path.join(packageRoot, 'test', 'description', 'describe_sdf.cpp');
    const program = await tools.compile(source, SDF_LIBRARIES);
    for (const task of WIDOWX_TASK_NAMES) {
      const env = tools.environment;
      const { stdout } = await execute(program, [worldFile(task)], { env });
      described.set(task, JSON.parse(stdout) as SdfDescription);
    }
    const broken = path.join(fs.mkdtempSync(path.join(tmpdir(), 'st4vla-sdf-')), 'broken.sdf');
    const text = fs.readFileSync(worldFile(WIDOWX_TASK_NAMES[0]!), 'utf8');
    fs.writeFileSync(broken, text.replaceAll('max_step_size', 'largest_step'));
    const check = execute(program, [broken], { env: tools.environment });
    await assert.rejects(check, /largest_step/, 'the reader accepts what SDF does not know');
    fs.rmSync(path.dirname(broken), { recursive: true });
  });

  const world = (task = WIDOWX_TASK_NAMES[0]!): SdfDescription => described.get(task)!;
  const arm = (): SdfModel => world().models[widowxUrdf.name]!;

  it('have no error and no warning, all four', () =>
    assert.deepEqual([...described.keys()], [...WIDOWX_TASK_NAMES]));

  it("have the URDF's links, with their places, masses and shapes", () => {
    const { links, frames } = arm();
    const names = [...Object.keys(links), ...Object.keys(frames)];
    assert.deepEqual(new Set(names), new Set(widowxUrdf.links.keys()));
    for (const [name, { inertial, visuals, collisions }] of widowxUrdf.links) {
      const found = links[name];
      assert.equal(found !== undefined, inertial !== undefined, name);
      if (!found || !inertial) continue;
      assertClose([found.mass], [inertial.massKg], 1e-9, `mass of ${name}`);
      assertClose(found.inertia, inertial.inertia, 1e-9, `inertia of ${name}`);
      assertPose(found.com, inertial.linkFromCom, `centre of mass of ${name}`);
      assert.deepEqual([found.visuals, found.collisions], [visuals.length, collisions.length]);
    }
    for (const name of names) {
      if (name === widowxUrdf.rootLink || name === 'right_finger_link') continue; // one mimics
      const chain = Chain.fromUrdf(widowxUrdf, widowxUrdf.rootLink, name);
      const place = (links[name] ?? frames[name])!.pose;
      assertPose(place, chain.forward(new Float64Array(chain.size)), name);
    }
  });

  it("have the URDF's joints, with their axes, speeds and forces, and wider ranges", () => {
    const { joints } = arm();
    for (const joint of widowxUrdf.joints.values()) {
      const found = joints[joint.name];
      if (joint.type === 'fixed') continue;
      const { effort, velocity } = joint.limit;
      const { lower, upper } = gazeboRange(joint);
      const { damping, axis } = joint;
      const isFinger = widowx.fingerJoints.includes(joint.name);
      const friction = isFinger ? 5 : joint.friction;
      const limits = { effort, velocity, damping, friction, axis };
      assert.deepEqual({ ...found, ...limits }, found, joint.name);
      assertClose([found!.lower!, found!.upper!], [lower, upper], 1e-9, `range of ${joint.name}`);
      assert.deepEqual([found?.type, found?.child], [typeNumber[joint.type], joint.child]);
    }
    const movable = Object.values(joints).filter(({ type }) => type !== typeNumber.fixed);
    assert.equal(movable.length, widowx.armJoints.length + widowx.fingerJoints.length);
    assert.deepEqual(joints['mount'], { type: 3, parent: 'world', child: widowxUrdf.rootLink });
  });

  it('have the camera of the model', () => {
    const { pose, links } = world().models['camera_front']!;
    const [sensor] = links['link']!.sensors;
    const { intrinsics, baseFromCamera } = widowxFrontCamera;
    const { fx, width } = intrinsics;
    const fov = 2 * Math.atan(width / 2 / fx);
    assert.ok(Math.abs(Number(sensor!['fov']) - fov) < 1e-6);
    assert.deepEqual({ ...sensor, ...intrinsics }, sensor);
    const { position, orientation } = pose;
    assertPose(
      { position, orientation: opticalFromForward(orientation) },
      baseFromCamera,
      'the camera',
    );
  });

  for (const task of WIDOWX_TASK_NAMES) {
    it(`have the objects of ${task} where the simulator has them`, () => {
      const { models } = world(task);
      for (const [i, object] of taskScene(
        WIDOWX_TASKS.find(({ name }) => name === task)!,
        1_000_000n,
      ).objects.entries()) {
        const found = models[`object_${i}_${object.kind}`]!;
        assertPose(found.pose, restPose(object), object.kind);
        const { collision, massKg } = modelOf(object);
        assert.equal(found.links['link']!.collisions, collision.length);
        assert.equal(found.links['link']!.mass, massKg);
      }
    });
  }

  it('have the systems that physics, camera and bridge need', () => {
    const names = world().world.plugins.map(({ name }) => name.split('::').at(-1));
    assert.deepEqual(names, ['Physics', 'UserCommands', 'SceneBroadcaster', 'Sensors']);
  });

  it('meet the bridge in every topic', () => {
    const { plugins } = arm();
    const [sensor] = world().models['camera_front']!.links['link']!.sensors;
    const image = String(sensor!['topic']);
    const published = ['/clock', image, image.replace(/[^/]*$/, 'camera_info')];
    const commanded: string[] = [];
    for (const { name, topic } of plugins)
      (name.endsWith('JointStatePublisher') ? published : commanded).push(topic!);
    const of = (direction: string): string[] =>
      bridge()
        .filter((one) => one.direction === direction)
        .map((one) => one.gz_topic_name);
    assert.deepEqual(of('GZ_TO_ROS').sort(), published.sort());
    assert.deepEqual(of('ROS_TO_GZ').sort(), commanded.sort());
  });
});

const typeNumber = { fixed: 3, prismatic: 5, revolute: 6 } as const;

import assert from 'node:assert/strict';
import { CommandCheck } from '../../../core/control/CommandCheck.ts';
import type { ControllerOutput } from '../../../core/control/ControllerOutput.ts';
import { RoomCheck } from '../../../core/control/RoomCheck.ts';
import { fuzzController } from '../../../core/control/fuzzController.ts';
import { googleRobot } from '../../../core/embodiment/googleRobot.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { urdfOf, widowxUrdf } from '../arm.ts';

describe('fuzzController', () => {
  for (const [embodiment, chunks] of [
    [widowx, 20_000],
    [googleRobot, 8_000],
  ] as const) {
    it(`finds no violation in ${chunks} random chunks for ${embodiment.name}`, function () {
      this.timeout(240_000);
      const result = fuzzController(embodiment, urdfOf(embodiment), { chunks, seed: 1 });
      assert.deepEqual(result.violations, []);
      assert.equal(result.violationCount, 0);
      // it did try: good chunks got through and were executed, others were refused
      const accepted = result.chunksAccepted / chunks;
      assert.ok(accepted > 0.1 && accepted < 0.5, JSON.stringify(result));
      const { ticks, commands } = result;
      assert.ok(ticks > 0.03 * chunks && commands > chunks, JSON.stringify(result));
    });
  }

  it('repeats bit for bit', () => {
    const run = () => fuzzController(widowx, widowxUrdf, { chunks: 500, seed: 7 });
    assert.deepEqual(run(), run());
  });
});

describe('CommandCheck', () => {
  const pose = { position: [0.3, 0, 0.15], orientation: [0, 0, 0, 1] } as const;

  function output(change: Partial<ControllerOutput['command']> = {}, tick = 0): ControllerOutput {
    return {
      status: 'RUNNING',
      reason: '',
      limitsActive: [],
      tick,
      epoch: 0,
      chunkId: 1n,
      row: 0,
      leftover: 0,
      speedScale: 1,
      targetBaseFromEe: pose,
      measuredBaseFromEe: pose,
      targetGripperOpening: 1,
      command: {
        names: widowx.armJoints,
        positions: Float64Array.from(widowx.homeJoints),
        velocities: new Float64Array(6),
        accelerations: new Float64Array(6),
        gripperOpening: 1,
        gripperJointPosition: 0.037,
        gripperJointVelocity: 0,
        ...change,
      },
    };
  }

  function home(index: number, value: number): Float64Array {
    return Float64Array.from(widowx.homeJoints).fill(value, index, index + 1);
  }

  /** What it says of a second output after a sound first one. */
  function judge(second: ControllerOutput): string {
    const check = new CommandCheck(widowx, widowxUrdf, 0.02);
    check.measured({
      stampNs: 0n,
      names: widowx.armJoints,
      positions: Float64Array.from(widowx.homeJoints),
      velocities: new Float64Array(6),
    });
    check.output(output());
    check.output(second);
    return check.violations.join('; ');
  }

  it('finds nothing in an arm that stands still', () => assert.equal(judge(output()), ''));

  const faults: readonly [string, ControllerOutput, RegExp][] = [
    ['positions beyond a limit', output({ positions: home(2, 1.7) }), /position of joint 2: 1\.7/],
    ['positions that are no numbers', output({ positions: home(0, NaN) }), /position of joint 0/],
    ['jumps', output({ positions: home(0, 0.01) }), /jump/],
    ['acceleration out of nowhere', output({ accelerations: new Float64Array(6).fill(9) }), /jump/],
    ['speeding', output({ velocities: new Float64Array(6).fill(9) }), /velocity of joint 0: 9/],
    ['a gripper out of range', output({ gripperOpening: 1.1 }), /gripper: 1\.1/],
    ['two minds about the gripper', output({ gripperJointPosition: 0.02 }), /gripper joint/],
    [
      'a target out of the workspace',
      { ...output({}, 1), targetBaseFromEe: { ...pose, position: [0.3, 0, 0.36] } },
      /target leaves the workspace/,
    ],
    [
      'a target too far away',
      { ...output({}, 1), targetBaseFromEe: { ...pose, position: [0.3, 0.06, 0.15] } },
      /step of the target/,
    ],
    [
      'a target turned too far',
      { ...output({}, 1), targetBaseFromEe: { ...pose, orientation: [1, 0, 0, 0] } },
      /turn of the target/,
    ],
  ];
  for (const [what, second, message] of faults) {
    it(`finds ${what}`, () => assert.match(judge(second), message));
  }

  it('finds an arm that comes too near to itself or to the table, but lets it leave', () => {
    const rooms = new RoomCheck(widowx, widowxUrdf);
    const folded = [0, -1.8, 1.55, 0, 0.8, 0];
    rooms.start(folded);
    assert.equal(rooms.follow(folded.with(1, -1.7).with(2, 1.4)), undefined);
    assert.match(rooms.follow(folded)!, /and .*_link: -?\d/);
    rooms.start(widowx.homeJoints);
    assert.match(rooms.follow(widowx.homeJoints.with(1, 1.2))!, /above the table|workspace/);
  });
});

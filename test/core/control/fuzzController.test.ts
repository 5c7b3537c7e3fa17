import assert from 'node:assert/strict';
import { CommandCheck } from '../../../core/control/CommandCheck.ts';
import type { ControllerOutput } from '../../../core/control/ControllerOutput.ts';
import { fuzzController } from '../../../core/control/fuzzController.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { widowxUrdf } from '../arm.ts';

describe('fuzzController', () => {
  it('finds no violation in 100 000 random chunks', function () {
    this.timeout(120_000);
    const result = fuzzController(widowx, widowxUrdf, { chunks: 100_000, seed: 1 });
    assert.deepEqual(result.violations, []);
    assert.equal(result.violationCount, 0);
    // it did try: good chunks got through and were executed, others were refused
    assert.ok(result.chunksAccepted > 10_000 && result.chunksAccepted < 50_000);
    assert.ok(result.ticks > 5_000 && result.commands > 100_000, JSON.stringify(result));
  });

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
      targetBaseFromEe: pose,
      measuredBaseFromEe: pose,
      targetGripperOpening: 1,
      command: {
        names: widowx.armJoints,
        positions: Float64Array.from(widowx.homeJoints),
        velocities: new Float64Array(6),
        gripperOpening: 1,
        gripperJointPosition: 0.037,
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
});

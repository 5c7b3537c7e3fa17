import assert from 'node:assert/strict';
import type { Controller } from '../../../core/control/Controller.ts';
import { googleRobot } from '../../../core/embodiment/googleRobot.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { assertClose } from '../arm.ts';
import { LateArm, sharesOf } from './LateArm.ts';

const ARMS = [widowx, googleRobot];
/** Fast, far from limits; the gripper closes. */
const TURN = [0, 0, 0, 0, 0, 0.3, 0.2];
/** More than an arm takes to come to rest and to be seen at rest. */
const SETTLED = 70;

/** Brings an arm into motion. */
function moving(arm: LateArm, periods = 60): void {
  arm.run(40 + periods, (k) => void (k % 10 === 0 && arm.offer(TURN)));
}

function assertLawful(arm: LateArm, embodiment: (typeof ARMS)[number]): void {
  const { velocity, acceleration } = sharesOf(arm.sent, embodiment);
  assert.ok(velocity <= 1 + 1e-6, `velocity: ${velocity} of its limit`);
  assert.ok(acceleration <= 1 + 1e-6, `acceleration: ${acceleration} of its limit`);
}

describe('Controller after an interruption in motion', () => {
  const interruptions: readonly [string, (controller: Controller, arm: LateArm) => void][] = [
    ['reset', (controller) => controller.reset()],
    ['stop and resume', (controller) => (controller.stop('fall'), controller.resume())],
    [
      'a short driver fault',
      (controller, arm) => {
        controller.driverFault('torque');
        arm.run(3);
        controller.driverFault(undefined);
        controller.resume();
      },
    ],
    [
      'a short obstacle',
      (controller, arm) => {
        controller.inhibit('busy');
        arm.run(1);
        controller.inhibit(undefined);
      },
    ],
    ['a clock that leaps ahead', (_, arm) => void (arm.nowNs += 5_000_000_000n)],
    ['a clock that goes back', (_, arm) => void (arm.nowNs -= 5_000_000_000n)],
    [
      'joint states that stay away',
      (_, arm) => {
        arm.isSilent = true;
        arm.run(15);
        arm.isSilent = false;
      },
    ],
  ];
  for (const embodiment of ARMS) {
    for (const [what, interrupt] of interruptions) {
      for (const latePeriods of [0, 2, 5, 10, 12]) {
        it(`${embodiment.name}: ${what}, joint states ${latePeriods * 20} ms late`, () => {
          const arm = new LateArm({ embodiment, latePeriods });
          moving(arm);
          interrupt(arm.controller, arm);
          arm.run(SETTLED, (k) => void (k % 10 === 5 && arm.offer(TURN)));
          assert.equal(arm.run(40, (k) => void (k % 10 === 5 && arm.offer(TURN))).row >= 0, true);
          assertLawful(arm, embodiment);
        });
      }
    }
  }
});

describe('Controller of an arm that others move', () => {
  for (const embodiment of ARMS) {
    for (const [what, prepare, after] of [
      ['a stop', (c: Controller) => c.stop('by hand'), (c: Controller) => c.resume()],
      ['a fault', (c: Controller) => c.driverFault('torque'), undefined],
      ['a pause without chunks', undefined, undefined],
    ] as const) {
      it(`${embodiment.name}: nothing takes the arm back after ${what}`, () => {
        const arm = new LateArm({ embodiment, latePeriods: 5 });
        moving(arm);
        prepare?.(arm.controller);
        arm.run(200);
        arm.isDeaf = true;
        for (let k = 0; k < 20; k++) {
          arm.joints[0]! += 0.02;
          arm.run(1);
        }
        arm.run(15);
        arm.isDeaf = false; // handed back, as by a controller manager
        const moved = [...arm.joints];
        arm.run(100);
        assertClose(arm.joints, moved, 1e-9);
        if (what === 'a fault') {
          arm.controller.driverFault(undefined);
          arm.controller.resume();
        }
        after?.(arm.controller);
        const resumed = arm.run(50);
        assert.equal(resumed.status, 'HOLD_STARVED');
        assertClose(resumed.command!.positions, moved, 1e-9);
        const before = arm.sent.length;
        assert.ok(arm.offer([0, 0, 0.02, 0, 0, 0, 1]));
        arm.run(60);
        const way = Math.max(...arm.joints.map((q, i) => Math.abs(q - moved[i]!)));
        assert.ok(way > 0.05, `it moves: ${way} rad`);
        const { velocity } = sharesOf(arm.sent.slice(before), embodiment);
        assert.ok(velocity <= 1 + 1e-6);
      });
    }

    it(`${embodiment.name}: waits until an arm that was moved while nothing was heard of it rests`, () => {
      const arm = new LateArm({ embodiment, latePeriods: 3 });
      moving(arm);
      [arm.isSilent, arm.isDeaf] = [true, true];
      arm.run(80);
      arm.joints[0]! += 0.4;
      arm.isSilent = false;
      arm.run(4);
      for (let k = 0; k < 40; k++) {
        arm.joints[0]! += 0.005;
        const { status, command } = arm.run(1);
        assert.ok(status === 'HOLD_STALE' && command === undefined, status);
      }
      const waiting = arm.run(5);
      assert.match(waiting.reason, /waiting until (it|the arm) rests/);
      arm.isDeaf = false;
      const moved = [...arm.joints];
      const begun = arm.run(80);
      assert.equal(begun.status, 'HOLD_STARVED');
      assertClose(begun.command!.positions, moved, 1e-9);
      assertClose(arm.joints, moved, 1e-9);
    });
  }

  it('keeps to its command where the arm sags or trembles, and does not sink with it', () => {
    const arm = new LateArm({ embodiment: widowx });
    moving(arm);
    const sags = (k: number) => void (arm.joints[1]! += 0.03 + (k % 2) * 0.004);
    arm.run(60, sags);
    const held = arm.sent.at(-1)!;
    for (let k = 0; k < 500; k++) {
      arm.run(1, () => sags(k));
      assertClose(arm.sent.at(-1)!, held, 1e-12);
    }
  });
});

describe('Controller at its start', () => {
  it('waits for an arm that another still drives home, and says so', () => {
    for (const embodiment of ARMS) {
      const arm = new LateArm({ embodiment, latePeriods: 4 });
      arm.isDeaf = true;
      arm.joints[1]! += 0.5;
      const driven = arm.run(25, () => void (arm.joints[1]! -= 0.02));
      assert.deepEqual([driven.status, driven.command], ['HOLD_STALE', undefined]);
      assert.match(driven.reason, /waiting until the arm rests \(last moved: \w+\)/);
      arm.isDeaf = false;
      const home = [...arm.joints];
      arm.run(SETTLED);
      const first = arm.sent.find((command) => command !== undefined)!;
      assertClose(first.slice(0, -1), home, 1e-12);
    }
  });

  it('begins where joints and gripper stand outside their limits, and leads them back', () => {
    for (const embodiment of ARMS) {
      const finger = embodiment.gripper.open + (embodiment.gripper.open > 0 ? 0.01 : -0.1);
      const joints = [...embodiment.homeJoints];
      const [joint, outside] = embodiment === widowx ? [4, 2.24] : [5, 1.88];
      joints[joint] = outside;
      const arm = new LateArm({ embodiment, joints, finger });
      arm.run(30);
      assertClose(arm.sent.at(-1)!, [...joints, finger], 1e-12, 'nothing moves without an action');
      arm.run(150, (k) => void (k % 10 === 0 && arm.offer([0, 0, 0.005, 0, 0, 0, 0.8])));
      const reached = arm.sent.at(-1)!;
      assert.ok(reached[joint]! < outside - 0.09, `${reached[joint]}`);
      assertLawful(arm, embodiment);
    }
  });

  it('does not begin, or go on, with joint states that contradict one another', () => {
    const arm = new LateArm({ embodiment: widowx });
    moving(arm);
    const output = arm.run(60, () => {
      const zeros = new Float64Array(7);
      const names = [...widowx.armJoints, widowx.gripper.joint];
      arm.controller.onJointState({
        stampNs: arm.nowNs,
        names,
        positions: zeros,
        velocities: zeros,
      });
    });
    assert.equal(output.status, 'HOLD_STALE');
    assert.match(
      output.reason,
      /contradict one another \(\w+ leaps by \d\.\d+ rad in .*second publ/,
    );
    assertLawful(arm, widowx);
  });
});

import assert from 'node:assert/strict';
import {
  DELIVERIES,
  judgeArm,
  judgeGripper,
  RATES_HZ,
  STALLS,
  wavingCommands,
} from '../../cli/bench/receivedFigures.ts';
import { judgeReceived, receivedMotion } from '../../cli/bench/receivedMotion.ts';
import { armBounds } from '../../core/control/armBounds.ts';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { urdfOf } from '../core/arm.ts';

/** Rounding of times to whole nanoseconds, as a share of an acceleration limit. */
const ROUNDING = 1e-3;

describe('what joint_trajectory_controller makes of the trajectories', () => {
  for (const embodiment of EMBODIMENTS) {
    const urdf = urdfOf(embodiment);
    const commands = wavingCommands(embodiment, urdf);

    for (const delivery of DELIVERIES) {
      it(`${embodiment.name}, ${delivery.name}: the motion that was sent`, () => {
        for (const rate of RATES_HZ) {
          for (const judge of [judgeArm, judgeGripper]) {
            const found = judge(commands, embodiment, urdf, rate, delivery);
            const text = `${judge.name} at ${rate} Hz: ${JSON.stringify(found)}`;
            assert.equal(found.refused, 0, text);
            assert.ok(found.speedLeast > 0.95 && found.speedMost < 1.05, text);
            assert.ok(found.accelerationShare <= 1 + ROUNDING, text);
          }
        }
      });
    }

    for (const delivery of STALLS) {
      it(`${embodiment.name}, ${delivery.name}: within the limits of the joints`, () => {
        for (const rate of RATES_HZ) {
          const found = judgeArm(commands, embodiment, urdf, rate, delivery);
          const text = `${rate} Hz: ${JSON.stringify(found)}`;
          assert.equal(found.refused, 0, text);
          assert.ok(found.accelerationShare <= 1 + ROUNDING, text);
        }
      });
    }

    it(`${embodiment.name}: the judge sees that a lone point in 20 ms is driven roughly`, () => {
      const still = new Float64Array(embodiment.armJoints.length);
      const { acceleration } = armBounds(embodiment, urdf);
      for (const rate of RATES_HZ.filter((hz) => hz >= 100)) {
        const received = receivedMotion(
          commands,
          ({ positions, velocities }) => ({
            startNs: 0n,
            points: [
              { timeSec: 0.02, positions, velocities },
              { timeSec: 0.5, positions, velocities: still },
            ],
          }),
          rate,
          { name: 'punctual' },
        );
        const found = judgeReceived(received, commands, 0, acceleration);
        const text = `${rate} Hz: ${JSON.stringify(found)}`;
        assert.ok(found.speedMost > 1.2 && found.accelerationShare > 1.5, text);
      }
    });
  }
});

import assert from 'node:assert/strict';
import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import type { Vec3 } from '../../core/math/types.ts';
import { PERIOD_SEC, urdf } from './scriptedLoop.ts';

const chain = Chain.fromUrdf(urdf, widowx.baseLink, widowx.eeLink);

/** Where each command puts the end effector. */
export function commandedPath(outputs: readonly ControllerOutput[]): Vec3[] {
  return outputs.flatMap(({ command }) =>
    command ? [chain.forward(command.positions).position] : [],
  );
}

/** Position and velocity go on from command to command, within the arm's bounds. */
export function assertContinuous(outputs: readonly ControllerOutput[]): void {
  const commands = outputs.flatMap(({ command }) => (command ? [command] : []));
  assert.ok(commands.length > 0, 'no command was given');
  const { velocity, acceleration } = widowx.limits;
  commands.slice(1).forEach((command, k) => {
    const before = commands[k]!;
    widowx.armJoints.forEach((name, j) => {
      const where = `${name}, period ${k + 1}`;
      const moved = command.positions[j]! - before.positions[j]!;
      const mean = (command.velocities[j]! + before.velocities[j]!) / 2;
      assert.ok(Math.abs(moved - mean * PERIOD_SEC) < 1e-4, `${where}: jumps`);
      assert.ok(Math.abs(command.velocities[j]!) <= velocity[j]! + 1e-9, `${where}: too fast`);
      const change = Math.abs(command.velocities[j]! - before.velocities[j]!) / PERIOD_SEC;
      assert.ok(change <= acceleration[j]! * (1 + 1e-6), `${where}: jerks`);
    });
  });
}

/** Ticks count up one by one, and each executes its own row of the chunk that it names. */
export function assertTicksInOrder(
  outputs: readonly ControllerOutput[],
  t0OfChunk: ReadonlyMap<bigint, number>,
): void {
  outputs.slice(1).forEach(({ tick, row, chunkId }, k) => {
    const before = outputs[k]!.tick;
    assert.ok(tick === before || tick === before + 1, `tick ${tick} after ${before}`);
    if (row < 0) return;
    // `tick` is the number of the next one
    assert.equal(t0OfChunk.get(chunkId)! + row, tick - 1, `row ${row} of chunk ${chunkId}`);
  });
}

/** The end effector never goes back along an axis on which the script only goes on. */
export function assertNeverBack(
  outputs: readonly ControllerOutput[],
  axis: 0 | 1 | 2,
  toleranceM = 2e-5,
): void {
  const path = commandedPath(outputs);
  path.slice(1).forEach((point, k) => {
    const step = point[axis] - path[k]![axis];
    assert.ok(
      step > -toleranceM,
      `period ${k + 1}: a step back of ${(-step * 1000).toFixed(3)} mm`,
    );
  });
}

import assert from 'node:assert/strict';
import { newestCommand, type TrajectoryMessage } from '../../adapters/messages/trajectory.ts';

/** Points of one joint, each with its time, ms. */
function trajectory(stampSec: number, ...timesMs: number[]): TrajectoryMessage {
  return {
    header: { stamp: { sec: stampSec, nanosec: 0 }, frame_id: '' },
    joint_names: ['waist'],
    points: timesMs.map((ms) => ({
      positions: [ms],
      velocities: [],
      accelerations: [],
      effort: [],
      time_from_start: { sec: Math.floor(ms / 1000), nanosec: (ms % 1000) * 1_000_000 },
    })),
  };
}

describe('newestCommand', () => {
  const cases: [string, TrajectoryMessage, number | undefined][] = [
    ['of a motion: a tenth of a second after its start', trajectory(7, 60, 80, 100, 120, 620), 100],
    ['at rest: the only point', trajectory(7, 600), 600],
    ['of a trajectory that begins when it comes: its first point', trajectory(0, 20, 100), 20],
    ['of one of another kind: its first point', trajectory(7, 250, 500), 250],
    ['of an empty one: none', trajectory(7), undefined],
  ];
  for (const [what, message, expected] of cases) {
    it(what, () => assert.equal(newestCommand(message)?.positions[0], expected));
  }
});

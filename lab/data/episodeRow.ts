import { proprioOf } from '../../core/policy/proprioception.ts';
import type { ExpertAction } from '../../sim/expert/ExpertDecision.ts';
import { actionNumbers } from '../../sim/expert/ExpertArm.ts';
import type { ArmReading } from '../../sim/expert/observeTask.ts';
import { rollOut } from '../../sim/expert/predict.ts';
import type { TaskGeometry, TaskState } from '../../sim/expert/TaskState.ts';
import type { SimWorld } from '../../sim/world/SimWorld.ts';
import type { EpisodeRow } from './columns.ts';
import { CHUNK_TICKS } from './columns.ts';
import { spatialLabels } from './labels.ts';

/** Longest way from any state to the end of a task. */
const HORIZON_TICKS = 45;

/**
 * What is seen and read at a tick, and what the expert would do from there on; undefined where the
 * camera does not look towards what it is about any more.
 */
export function episodeRow(
  world: SimWorld,
  image: Uint8Array,
  seen: {
    readonly state: TaskState;
    readonly reading: ArmReading;
    readonly geometry: TaskGeometry;
  },
  /** What is done at this tick, by whomever; the expert's own decision where undefined. */
  executed: ExpertAction | undefined,
): Omit<EpisodeRow, 'success' | 'episode' | 'tick'> | undefined {
  const { state, reading, geometry } = seen;
  const { states, actions } = rollOut(state, geometry, HORIZON_TICKS);
  const labels = spatialLabels(world.camera, geometry, states);
  if (labels === undefined) return undefined;
  return {
    image,
    instruction: world.instruction,
    ...labels,
    proprio: proprioOf(
      { baseFromEe: reading.measuredBaseFromEe, gripperOpening: reading.gripperOpening },
      geometry.homeOrientation,
    ),
    actions: actions.slice(0, CHUNK_TICKS).flatMap(actionNumbers),
    executed: actionNumbers(executed ?? actions[0]!),
  };
}

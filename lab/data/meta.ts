import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError } from '../../core/config/Fault.ts';
import type { Pose } from '../../core/math/types.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import { BOX_NAMES, columnsOf, IMAGE_HEIGHT, IMAGE_WIDTH, POINT_NAMES } from './columns.ts';
import type { DatasetSpec } from './DatasetSpec.ts';
import { shardCount } from './DatasetSpec.ts';

/** Written as `meta.json` beside the shards; training copies what a model must know from it. */
export function metaOf(plan: DatasetSpec, baseFromHome: Pose): Readonly<Record<string, unknown>> {
  const { kind, count, seed, perShard, robot, instructions, tasks } = plan;
  const embodiment = embodimentByName(robot);
  const { camera, cameraName } = simArmOf(embodiment);
  return {
    format_version: 1,
    kind,
    embodiment: robot,
    seed,
    ...(instructions === 2 && { instructions }),
    ...(tasks.length > 0 && { tasks }),
    count,
    per_shard: perShard,
    shards: shardCount(plan),
    columns: columnsOf(kind),
    image: {
      width: IMAGE_WIDTH,
      height: IMAGE_HEIGHT,
      encoding: 'rgb8',
      camera: cameraName,
      resample: 'area',
      from: [camera.width, camera.height],
    },
    coordinates: 'normalised: 0…1 over the picture, x right, y down',
    points: POINT_NAMES,
    boxes: BOX_NAMES,
    trajectory: `${embodiment.eeLink} from now to the end of the task, equal distances in the picture`,
    ...(kind === 'episodes' ? acting(embodiment, baseFromHome) : {}),
  };
}

function acting(
  { tickSec, deltaBase }: Embodiment,
  baseFromHome: Pose,
): Readonly<Record<string, unknown>> {
  return {
    tick_sec: tickSec,
    proprio: {
      dim: 7,
      description:
        'measured: ee position in base (m), rotation vector of R·R_homeᵀ in base axes (rad), ' +
        'gripper opening 0…1',
      home_orientation_xyzw: baseFromHome.orientation,
    },
    actions:
      deltaBase === 'target'
        ? 'clean expert chunk from the present commanded pose: Δxyz (m) and rotation vector (rad) in ' +
          'base axes, composed onto the previous target; gripper 0 closed, 1 open; row 0 is for the ' +
          'tick of the picture'
        : 'clean expert chunk from the present measured pose: Δxyz (m) and rotation vector (rad) in ' +
          'base axes, composed onto the pose measured at each tick; gripper 0 closed, 1 open; row 0 ' +
          'is for the tick of the picture',
    executed: 'what was really done at this tick: row 0 of the chunk, often with noise',
  };
}

/**
 * Writes `meta.json`, or checks that the one in the folder says the same: a folder is continued
 * only with the settings it was begun with.
 */
export function openDataset(directory: string, meta: Readonly<Record<string, unknown>>): void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'meta.json');
  const text = `${JSON.stringify(meta, null, 1)}\n`;
  if (!existsSync(file)) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    const expected = 'the settings of this command; choose another folder or delete this one';
    const fault = { source: file, field: '', expected, found: 'other settings' };
    throw new FaultError(directory, [fault]);
  }
}

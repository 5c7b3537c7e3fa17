import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { gripperOpeningOf } from '../../core/embodiment/Embodiment.ts';
import type { Feature, FeatureType } from '../../adapters/lerobot/DatasetInfo.ts';
import type { RowValue } from '../../adapters/lerobot/DatasetWriter.ts';
import { nsFromStamp } from '../../adapters/messages/time.ts';
import type { JointState, TableRow } from './EpisodeTable.ts';

/** Names of the columns; what LeRobot's policies read begins with `observation` or is `action`. */
export const COLUMNS = {
  state: 'observation.state',
  action: 'action',
  /** Joint states as they were recorded, in double precision. */
  position: 'joint_states.position',
  velocity: 'joint_states.velocity',
  effort: 'joint_states.effort',
  /** When the tick began, and the stamps of joint state and pictures. */
  stamps: 'stamp_ns',
  done: 'next.done',
  success: 'next.success',
} as const;

export const viewColumn = (view: string): string => `observation.images.${view}`;

export const ACTION_NAMES = ['x', 'y', 'z', 'rx', 'ry', 'rz', 'gripper'];

export type Sizes = ReadonlyMap<string, { readonly width: number; readonly height: number }>;

/** What the columns of an episode hold, as its first row has it. */
export function episodeFeatures(
  row: TableRow,
  action: Float32Array,
  sizes: Sizes,
  embodiment: Embodiment,
): Map<string, Feature> {
  const { joints } = row;
  const vector = (dtype: FeatureType, names: readonly string[]): Feature => {
    return { dtype, shape: [names.length], names };
  };
  const isCanonical = action.length === ACTION_NAMES.length;
  const actionNames = isCanonical ? ACTION_NAMES : Array.from(action, (_, i) => `action_${i}`);
  const features = new Map<string, Feature>([
    [COLUMNS.state, vector('float32', stateOf(joints, embodiment).names)],
    [COLUMNS.action, vector('float32', actionNames)],
  ]);
  for (const [view, { width, height }] of sizes) {
    const shape = [height, width, 3];
    features.set(viewColumn(view), {
      dtype: 'image',
      shape,
      names: ['height', 'width', 'channels'],
    });
  }
  features.set(COLUMNS.position, vector('float64', joints.name));
  for (const part of ['velocity', 'effort'] as const) {
    const isThere = joints[part].length === joints.name.length;
    if (isThere) features.set(COLUMNS[part], vector('float64', joints.name));
  }
  features.set(COLUMNS.stamps, vector('int64', ['tick', 'joint_states', ...sizes.keys()]));
  features.set(COLUMNS.done, { dtype: 'bool', shape: [1], names: null });
  features.set(COLUMNS.success, { dtype: 'bool', shape: [1], names: null });
  return features;
}

/**
 * The state that a policy reads: joints from base to tip and how far open the gripper is; of an
 * arm that is not known, its joint states as they are.
 */
export function stateOf(
  { name, position }: JointState,
  { armJoints, gripper }: Embodiment,
): { readonly names: readonly string[]; readonly values: Float32Array } {
  const indices = [...armJoints, gripper.joint].map((joint) => name.indexOf(joint));
  if (indices.includes(-1)) return { names: name, values: Float32Array.from(position) };
  const values = Float32Array.from(indices, (i) => Number(position[i]));
  values[armJoints.length] = gripperOpeningOf(gripper, Number(position[indices.at(-1)!]));
  return { names: [...armJoints, 'gripper'], values };
}

/** All columns of a row but its pictures. @throws Error where the joint state has other joints */
export function rowValues(
  row: TableRow,
  action: Float32Array,
  features: ReadonlyMap<string, Feature>,
  embodiment: Embodiment,
): Map<string, RowValue> {
  const { joints, pictures, tickNs } = row;
  const names = features.get(COLUMNS.position)!.names!;
  if (names.length !== joints.name.length || names.some((name, i) => name !== joints.name[i])) {
    throw new Error(`joint_states: expected ${names.join(', ')}, found ${joints.name.join(', ')}`);
  }
  const stamps = [joints.header, ...pictures.map(({ message }) => message.header)];
  const values = new Map<string, RowValue>([
    [COLUMNS.state, stateOf(joints, embodiment).values],
    [COLUMNS.action, action],
    [
      COLUMNS.stamps,
      BigInt64Array.from([tickNs, ...stamps.map(({ stamp }) => nsFromStamp(stamp))]),
    ],
  ]);
  for (const part of ['position', 'velocity', 'effort'] as const) {
    const feature = features.get(COLUMNS[part]);
    if (!feature) continue;
    const numbers = Float64Array.from(joints[part]);
    if (numbers.length !== names.length)
      throw new Error(`joint_states: no ${part} at ${tickNs} ns`);
    values.set(COLUMNS[part], numbers);
  }
  return values;
}

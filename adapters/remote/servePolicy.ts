import type { LocalPolicy } from '../model/createPolicy.ts';
import type { ModelPackage } from '../model/ModelPackage.ts';
import type { ServedModel } from './dialects/Dialect.ts';
import { PolicyServer, type PolicyServerOptions } from './PolicyServer.ts';
import type { WireValue } from './wire.ts';

export type ServeOptions = Pick<PolicyServerOptions, 'host' | 'port' | 'apiKey' | 'tls'> & {
  /** The arm that clients move. */
  readonly robot: string;
};

/** Offers a loaded model to clients; closing the server leaves the policy open. */
export function servePolicy(
  modelPackage: ModelPackage,
  policy: LocalPolicy,
  { robot, ...options }: ServeOptions,
): Promise<PolicyServer> {
  const { spec, arm } = policy;
  const model: ServedModel = {
    name: spec.name,
    statisticsKey: arm.statisticsKey,
    horizon: spec.action.horizon,
    dim: spec.action.dim,
    stateDim: spec.proprio?.dim ?? 0,
  };
  const shared = { policy, statistics: modelPackage.statisticsOf(robot) };
  return PolicyServer.start({
    ...options,
    shared,
    model,
    metadata: metadataOf(model, policy, robot),
  });
}

/** All that clients of any dialect look for, and what this package adds: views, sizes, the arm. */
function metadataOf(model: ServedModel, { spec }: LocalPolicy, robot: string): WireValue {
  const { width, height, views } = spec.image;
  return {
    env: robot,
    ckpt_path: model.name,
    action_chunk_size: model.horizon,
    model_action_dim: model.dim,
    model_state_dim: model.stateDim,
    available_unnorm_keys: [model.statisticsKey],
    default_unnorm_key: model.statisticsKey,
    action_keys: ['x', 'y', 'z', 'rotation_x', 'rotation_y', 'rotation_z', 'gripper'],
    state_keys: model.stateDim > 0 ? ['x', 'y', 'z', 'roll', 'pitch', 'yaw', 'gripper'] : [],
    views,
    image_size: [height, width],
  };
}

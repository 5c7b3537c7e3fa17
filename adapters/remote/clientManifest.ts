import type { LocalPolicy } from '../model/createPolicy.ts';

/**
 * The manifest with which another computer uses a policy that is served at `url`: a folder with it is
 * a model for the nodes, for evaluation and for replay.
 */
export function clientManifest({ spec }: Pick<LocalPolicy, 'spec'>, url: string): object {
  const { width, height, resample, views } = spec.image;
  const { action, embodiments } = spec;
  return {
    format_version: 1,
    name: `${spec.name} at ${url}`,
    embodiments: Object.fromEntries(
      [...embodiments].map(([arm, { statisticsKey, ensembleHorizon, gripper }]) => [
        arm,
        { statistics_key: statisticsKey, ensemble_horizon: ensembleHorizon, gripper },
      ]),
    ),
    image: { width, height, resample, views },
    action: {
      horizon: action.horizon,
      prefix_rows: action.prefixRows,
      dim: action.dim,
      clip: action.clip,
      gripper_index: action.gripperIndex,
      gripper_threshold: action.gripperThreshold,
      // What clients of openpi get is canonical already.
      gripper_convention: 'open_1',
      rotation: 'rotation_vector',
    },
    ensemble: { alpha: spec.ensembleAlpha },
    execution_horizon: spec.executionHorizon,
    remote: {
      url,
      dialect: 'openpi',
      state: spec.proprio === undefined ? 'none' : 'quaternion',
      image_keys: views.map((view) => `observation/${view}`),
      sends_tick: true,
      timeout_sec: 2,
    },
  };
}

import type { FieldReader } from '../../core/config/FieldReader.ts';
import type { ArmSpec } from '../../core/policy/ModelSpec.ts';

/**
 * What a manifest says of its arms: the section `embodiments`, or the fields `embodiment`,
 * `action.statistics_key` and `ensemble.horizon` of a model for a single arm.
 */
export function readEmbodiments(root: FieldReader, horizon: number): ReadonlyMap<string, ArmSpec> {
  const withinChunk = { min: 1, max: Math.max(1, horizon) };
  const section = root.at('embodiments');
  const ensemble = root.at('ensemble').object(['horizon', 'alpha']);
  const single = {
    name: root.at('embodiment'),
    statisticsKey: root.at('action').at('statistics_key'),
    horizon: ensemble.at('horizon'),
  };
  if (!section.present) {
    const arm: ArmSpec = {
      statisticsKey: single.statisticsKey.string(),
      ensembleHorizon: single.horizon.integer(withinChunk),
      gripper: 'binary',
    };
    return new Map([[single.name.string(), arm]]);
  }
  for (const field of Object.values(single)) {
    if (field.present) field.fault('nothing, since there is a section embodiments');
  }
  const arms = section.record((arm) => {
    arm.object(['statistics_key', 'ensemble_horizon', 'gripper']);
    return {
      statisticsKey: arm.at('statistics_key').string(),
      ensembleHorizon: arm.at('ensemble_horizon').integer(withinChunk),
      gripper: arm.at('gripper').oneOf(['binary', 'sticky']),
    };
  });
  if (arms.size === 0 && section.value instanceof Object) section.fault('at least one arm');
  return arms;
}

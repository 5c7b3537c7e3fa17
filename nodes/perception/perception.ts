import { readOutline } from '../../adapters/remote/openPolicy.ts';
import { type Fault, FaultError } from '../../core/config/Fault.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { ObservationAssembler } from '../../core/observation/ObservationAssembler.ts';
import type { ModelOutline } from '../../core/policy/ModelSpec.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { jointSampleFromMessage } from '../../adapters/messages/jointState.ts';
import { loadUrdf, resolveFile } from '../../adapters/files/packageFiles.ts';
import { sensorData } from '../shared/node/qos.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/node/runNode.ts';
import { type Camera, CameraIntake } from './CameraIntake.ts';
import { ObservationStream } from './ObservationStream.ts';
import { PerceptionStatistics } from './PerceptionStatistics.ts';
import { perceptionParameters } from './parameters.ts';
import { ViewConverter } from '../../core/image/ViewConverter.ts';

type Parameters = typeof perceptionParameters;

/** Camera images + joint states → Observation. */
export const perception: NodeDefinition<Parameters> = {
  name: 'perception',
  parameters: perceptionParameters,
  create,
};

async function create(
  node: ManagedNode,
  parameters: NodeParameters<Parameters>,
): Promise<NodeBehaviour> {
  const config = parameters.current();
  const embodiment = embodimentByName(config.robot);
  const model = await readOutline(resolveFile(config.model));
  const cameras = checkCameras(config, model, node.fullName);
  const urdf = await loadUrdf(embodiment);
  const statistics = new PerceptionStatistics();
  const stream = new ObservationStream(node, {
    newAssembler: () =>
      new ObservationAssembler({
        embodiment,
        urdf,
        viewNames: model.image.views,
        maxJointSkewSec: config.maxJointSkew,
        maxViewSkewSec: config.maxViewSkew,
      }),
    statistics,
    primaryView: model.image.views[0]!,
    maxRateHz: () => parameters.current().maxRate,
  });
  // Before the images: of what has come at the same time, joint states are then read first.
  node.listenRaw('sensor_msgs/msg/JointState', 'joint_states', sensorData(), (message) =>
    stream.addJoints(jointSampleFromMessage(message)),
  );
  const intakes = cameras.map(
    (camera) =>
      new CameraIntake(node, camera, {
        converter: new ViewConverter(model.image),
        limits: { maxSide: config.maxImageSide, maxPixels: config.maxImagePixels },
        wanted: (stampNs) => stream.wants(camera.name, stampNs),
        deliver: (view, frameId) => stream.addView(view, frameId),
      }),
  );

  node.expectOneSource('joint_states', ...cameras.map(({ topic }) => topic));

  return {
    configure: () => stream.restart(),
    diagnostics: () => [
      ...intakes.map((intake) => intake.diagnostic()),
      ...statistics.diagnostics(),
    ],
  };
}

/** Everything at once that does not fit between the parameters and the model's model. */
function checkCameras(config: Config<Parameters>, model: ModelOutline, source: string): Camera[] {
  const { camerasNames: names, camerasTopics: topics, camerasTransports: transports } = config;
  const faults: Fault[] = [];
  const fault = (field: string, expected: string, found: string) =>
    faults.push({ source: `parameters of ${source}`, field, expected, found });
  if (!model.embodiments.has(config.robot)) {
    const known = [...model.embodiments.keys()].join(' or ');
    fault('robot', `${known}, for which ${model.name} was trained`, config.robot);
  }
  for (const [field, list] of Object.entries({ topics, transports })) {
    if (list.length === names.length) continue;
    fault(`cameras.${field}`, `${names.length} elements as in cameras.names`, `${list.length}`);
  }
  const missing = model.image.views.filter((view) => !names.includes(view));
  const surplus = names.filter((name) => !model.image.views.includes(name));
  if (missing.length + surplus.length > 0 || new Set(names).size < names.length) {
    fault(
      'cameras.names',
      `the views of ${model.name}: ${model.image.views.join(', ')}`,
      names.join(', '),
    );
  }
  if (faults.length > 0) throw new FaultError(source, faults);
  return names.map((name, i) => ({ name, topic: topics[i]!, transport: transports[i]! }));
}

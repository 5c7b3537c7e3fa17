import '../shared/process/requireRos.ts';
import rclnodejs from 'rclnodejs';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import type { NodeParameters } from '../shared/node/runNode.ts';
import type { ArmMemory } from './ArmMemory.ts';
import type { controllerParameters } from './parameters.ts';

/**
 * Keeps a reduced speed reduced: of the remembered one and that of the parameters at the start the slower
 * counts, and the log says which. A speed that is set later is remembered if it is slower than the
 * parameters say.
 */
export function rememberSpeed(
  node: ManagedNode,
  parameters: NodeParameters<typeof controllerParameters>,
  memory: ArmMemory,
): void {
  const given = parameters.current().speedScale;
  const remembered = memory.speedScale;
  let present = given;
  if (remembered !== undefined && remembered < given) {
    const type = rclnodejs.ParameterType.PARAMETER_DOUBLE;
    node.setParameter(new rclnodejs.Parameter('speed_scale', type, remembered));
    present = parameters.current().speedScale;
    node
      .getLogger()
      .warn(
        `speed_scale is ${present}, to which it was reduced before this start, not ${given} as the ` +
          `parameters say: \`ros2 param set ${node.fullName} speed_scale ${given}\` changes that`,
      );
  }
  parameters.onChange(() => {
    const { speedScale } = parameters.current();
    if (speedScale === present) return;
    present = speedScale;
    memory.slowDown(speedScale < given ? speedScale : undefined);
  });
}

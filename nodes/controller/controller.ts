import { jointSampleFromMessage } from '../../adapters/messages/jointState.ts';
import { stateFolder } from '../../adapters/files/stateFolder.ts';
import { CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import { HandDiagnostics } from '../shared/hands/HandDiagnostics.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { nodeKey } from '../shared/node/nodeKey.ts';
import { sensorData } from '../shared/node/qos.ts';
import { raisePriority } from '../shared/process/raisePriority.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/node/runNode.ts';
import { ArmMemory } from './ArmMemory.ts';
import { listenToPolicy } from './chunkIntake.ts';
import { ControlLoop } from './ControlLoop.ts';
import { CurrentController } from './CurrentController.ts';
import { resolveExecution } from './execution.ts';
import { ExecutionWatch } from './ExecutionWatch.ts';
import { watchHands } from './hands/watchHands.ts';
import { listenToDriver, serveOperator } from './operatorServices.ts';
import { controllerParameters } from './parameters.ts';
import { readSetup } from './readSetup.ts';
import { rememberSpeed } from './rememberSpeed.ts';
import { createRobotSink } from './sinks/createRobotSink.ts';
import type { RobotSink } from './sinks/RobotSink.ts';
import { StateReport } from './StateReport.ts';

type Parameters = typeof controllerParameters;

const CLOCK_WATCH_SEC = 0.1;

/** Action chunks + joint states → limited joint commands at 50 Hz. */
export const controller: NodeDefinition<Parameters> = {
  name: 'controller',
  parameters: controllerParameters,
  resolve: resolveExecution,
  create,
};

async function create(
  node: ManagedNode,
  parameters: NodeParameters<Parameters>,
): Promise<NodeBehaviour> {
  const config = parameters.current();
  const log = (text: string) => node.getLogger().warn(text);
  const setup = await readSetup(config, node.fullName);
  const executionWatch = new ExecutionWatch(setup.execution, log);
  const place = stateFolder();
  const key = nodeKey(process.env['ROS_DOMAIN_ID'], node.fullName, config.arm);
  const memory = new ArmMemory({ place, key, log });
  rememberSpeed(node, parameters, memory);
  const current = new CurrentController({
    coreOptions: setup.coreOptions,
    speedScale: () => parameters.current().speedScale,
  });
  parameters.onChange(() => current.applySpeed());

  const others = node.advertised.length;
  const { embodiment, urdf } = setup;
  const sink = createRobotSink({ node, config, embodiment, urdf, periodSec: CONTROL_PERIOD_SEC });
  const report = new StateReport(node, config.baseFrame || embodiment.baseLink);
  const { statistics } = report;
  const folder = place.kind === 'found' ? place.folder : undefined;
  const lookForHands = watchHands(node, config, node.advertised.slice(others), folder, key);

  listenToArm(node, { current, sink, report });
  listenToPolicy(node, { core: () => current.core, tally: statistics.chunks, executionWatch });
  node.expectOneSource('joint_states', 'action_chunk', 'epoch');
  serveOperator(node, memory, () => current.core);
  listenToDriver(node, (fault) => current.driverFault(fault));

  const hands = await lookForHands;
  const handDiagnostics = new HandDiagnostics(node, hands);
  const loop = new ControlLoop({ node, controller: current, sink, report, memory, hands });
  node.everyPunctually(CONTROL_PERIOD_SEC, 'control period', () => loop.step());
  const checkClock = () => loop.checkClock();
  if (node.usesSimulatedTime) node.every(CLOCK_WATCH_SEC, 'clock watch', checkClock, 'steady');
  takePriority(node, config.realtimePriority);
  return {
    configure: () => loop.configure(),
    activate: () => loop.activate(),
    deactivate: () => loop.deactivate(),
    cleanup: () => sink.restore(),
    diagnostics: () => [
      ...statistics.diagnostics(),
      executionWatch.diagnostic(),
      ...sink.diagnostics(),
      handDiagnostics.diagnostic(),
      memory.diagnostic(),
    ],
    close: () => memory.close(),
  };
}

type ArmListeners = {
  readonly current: CurrentController;
  readonly sink: RobotSink;
  readonly report: StateReport;
};

/** Gives joint states to the controller, and the stamps of those that count to the sink. */
function listenToArm(node: ManagedNode, { current, sink, report }: ArmListeners): void {
  node.listenRaw('sensor_msgs/msg/JointState', 'joint_states', sensorData(), (message) => {
    const sample = jointSampleFromMessage(message);
    const answer = current.core.onJointState(sample);
    report.statistics.joints.add(answer);
    if (answer.accepted) sink.received(sample.stampNs);
  });
}

function takePriority(node: ManagedNode, priority: number): void {
  const fault = raisePriority(priority);
  if (fault !== undefined) node.getLogger().info(`not scheduled in real time: ${fault}`);
}

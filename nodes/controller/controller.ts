import { stateFolder } from '../../adapters/files/stateFolder.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import { CONTROL_PERIOD_NS, CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import { Controller } from '../../core/control/Controller.ts';
import type { ControllerOutput, JointCommand } from '../../core/control/ControllerOutput.ts';
import { newQueue } from '../../core/execution/ExecutionSpec.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import { executionStateToMessage } from '../../adapters/messages/executionState.ts';
import { jointSampleFromMessage } from '../../adapters/messages/jointState.ts';
import { loadUrdf } from '../../adapters/files/packageFiles.ts';
import { nodeKey } from '../shared/nodeKey.ts';
import { reliable, sensorData } from '../shared/qos.ts';
import { raisePriority } from '../shared/raisePriority.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/runNode.ts';
import { ArmMemory } from './ArmMemory.ts';
import { listenToPolicy } from './chunkIntake.ts';
import { ClockWatch } from './ClockWatch.ts';
import { type Execution, readExecution, resolveExecution } from './execution.ts';
import { ExecutionWatch } from './ExecutionWatch.ts';
import { followingLimits } from './followingLimits.ts';
import { HandDiagnostics } from '../shared/HandDiagnostics.ts';
import { watchHands } from './hands/watchHands.ts';
import { limitedEmbodiment } from './limitedEmbodiment.ts';
import { listenToDriver, serveOperator } from './operatorServices.ts';
import { controlPeriod, leavesToOthers } from './controlPeriod.ts';
import { ControllerStatistics } from './ControllerStatistics.ts';
import { controllerParameters } from './parameters.ts';
import { rememberSpeed } from './rememberSpeed.ts';
import { createRobotSink } from './sinks/createRobotSink.ts';

type Parameters = typeof controllerParameters;

const CLOCK_WATCH_SEC = 0.1;
/** Coming to rest from full speed takes less than this; a bound for a loop. */
const MAX_BRAKING_PERIODS = 1000;

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
  const embodiment = limitedEmbodiment(node.fullName, config);
  const baseFrame = config.baseFrame || embodiment.baseLink;
  const urdf = await loadUrdf(embodiment);
  const execution = await readExecution(config, node.fullName);
  const executionWatch = new ExecutionWatch(execution, (text) => node.getLogger().warn(text));
  const following = followingLimits(config, embodiment, node.fullName);
  const place = stateFolder();
  const key = nodeKey(process.env['ROS_DOMAIN_ID'], node.fullName, config.arm);
  const memory = new ArmMemory({ place, key, log: (text) => node.getLogger().warn(text) });
  rememberSpeed(node, parameters, memory);
  const newCore = () =>
    new Controller({ ...coreOptions(config, execution), embodiment, urdf, following });
  let core = newCore();
  parameters.onChange(() => core.setSpeedScale(parameters.current().speedScale));
  const statistics = new ControllerStatistics(CONTROL_PERIOD_SEC);
  const others = node.advertised.length;
  const sink = createRobotSink({ node, config, embodiment, urdf, periodSec: CONTROL_PERIOD_SEC });
  const states = node.advertise('st4vla_ros/msg/ExecutionState', 'execution_state', reliable(1));
  const folder = place.kind === 'found' ? place.folder : undefined;
  const lookForHands = watchHands(node, config, node.advertised.slice(others), folder, key);

  node.listenRaw('sensor_msgs/msg/JointState', 'joint_states', sensorData(), (message) => {
    const sample = jointSampleFromMessage(message);
    const answer = core.onJointState(sample);
    statistics.joints.add(answer);
    if (answer.accepted) sink.received(sample.stampNs);
  });
  listenToPolicy(node, { core: () => core, tally: statistics.chunks, executionWatch });
  node.expectOneSource('joint_states', 'action_chunk');
  serveOperator(node, memory, () => core);
  const tellDriverFault = listenToDriver(node, () => core);
  let output: ControllerOutput | undefined;
  const report = (next: ControllerOutput, nowNs: bigint, startedMs: number) => {
    output = next;
    states.publish(executionStateToMessage(next, nowNs, baseFrame));
    statistics.step(next, startedMs);
  };
  const hands = await lookForHands;
  const handDiagnostics = new HandDiagnostics(node, hands);
  let isPrepared = false;
  const prepare = () => {
    isPrepared = true;
    sink.prepare();
  };
  node.everyPunctually(CONTROL_PERIOD_SEC, 'control period', () => {
    const startedMs = performance.now();
    const nowNs = node.nowNs();
    const hand = hands.conflict(startedMs);
    if (hand !== undefined) isPrepared = false;
    else if (!isPrepared) prepare();
    const next = controlPeriod({ core, sink, guard: node.guard, hand }, nowNs);
    if (core.latchedFault !== undefined) memory.fault(core.latchedFault);
    report(next, nowNs, startedMs);
  });
  const clockWatch = new ClockWatch();
  const watchClock = () => {
    const nowNs = node.nowNs();
    const standstill = clockWatch.check(nowNs, performance.now());
    if (standstill === undefined) return;
    const held = memory.held ?? { status: 'HOLD_STALE', reason: standstill };
    report({ ...(output ?? core.step(nowNs)), ...held }, nowNs, NaN);
  };
  if (node.usesSimulatedTime) node.every(CLOCK_WATCH_SEC, 'clock watch', watchClock, 'steady');

  const priorityFault = raisePriority(config.realtimePriority);
  if (priorityFault !== undefined) {
    node.getLogger().info(`not scheduled in real time: ${priorityFault}`);
  }

  const remember = () => {
    if (memory.faultReason !== undefined) core.latchFault(memory.faultReason);
    if (memory.stopReason !== undefined) core.stop(memory.stopReason);
  };
  return {
    configure: () => {
      core = newCore();
      core.setSpeedScale(parameters.current().speedScale);
      tellDriverFault();
      remember();
    },
    activate: () => {
      core.reset();
      core.resume(); // what `deactivate` stopped
      remember();
      hands.look(performance.now());
      isPrepared = false;
      statistics.pause();
    },
    deactivate: () => {
      const commands = comeToRest(core, node.nowNs());
      const hand = hands.conflict(performance.now());
      sink.comeToRest(commands[0] && leavesToOthers(commands[0], hand) ? [] : commands);
      statistics.pause();
    },
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

function coreOptions(config: Config<Parameters>, { spec }: Execution) {
  return {
    queue: newQueue(spec),
    periodSec: CONTROL_PERIOD_SEC,
    staleAfterSec: config.staleAfter,
    gripperHoldTicks: spec.gripperHoldTicks,
    maxBlindSec: config.maxBlind,
    arm: config.arm === 'recorded' ? ('recorded' as const) : ('real' as const),
  };
}

/** The commands that bring the arm to rest; it is then held by whoever received the last one. */
function comeToRest(core: Controller, nowNs: bigint): JointCommand[] {
  core.stop('deactivated');
  const commands: JointCommand[] = [];
  for (let i = 0; i < MAX_BRAKING_PERIODS; i++) {
    const { command } = core.step(nowNs + BigInt(i) * CONTROL_PERIOD_NS);
    if (!command) break;
    commands.push(command);
    if (command.velocities.every((velocity) => velocity === 0)) break;
  }
  return commands;
}

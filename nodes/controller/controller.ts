import { ACTION_DIM } from '../../core/action/ActionChunk.ts';
import { FaultError } from '../../core/config/Fault.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import { CONTROL_PERIOD_NS, CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import { Controller } from '../../core/control/Controller.ts';
import type { ControllerOutput, JointCommand } from '../../core/control/ControllerOutput.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { narrowLimits } from '../../core/embodiment/narrowLimits.ts';
import { ActionQueue } from '../../core/execution/ActionQueue.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import { actionChunkFromMessage, isEpochAnnouncement } from '../shared/messages/actionChunk.ts';
import { executionStateToMessage } from '../shared/messages/executionState.ts';
import { jointSampleFromMessage } from '../shared/messages/jointState.ts';
import { loadUrdf } from '../shared/packageFiles.ts';
import { reliable, sensorData } from '../shared/qos.ts';
import { raisePriority } from '../shared/raisePriority.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/runNode.ts';
import { ArmStop } from './ArmStop.ts';
import { ClockWatch } from './ClockWatch.ts';
import { followingLimits } from './followingLimits.ts';
import { listenToDriver, serveOperator } from './operatorServices.ts';
import { ControllerStatistics } from './ControllerStatistics.ts';
import { controllerParameters } from './parameters.ts';
import { createRobotSink } from './sinks/createRobotSink.ts';

type Parameters = typeof controllerParameters;

const CLOCK_WATCH_SEC = 0.1;
/** Coming to rest from full speed takes less than this; a bound for a loop. */
const MOST_BRAKING_PERIODS = 1000;

/** The parameter behind each field of `LimitWishes`. */
const PARAMETER_OF: Readonly<Record<string, string>> = {
  workspaceMin: 'limits.workspace_min',
  workspaceMax: 'limits.workspace_max',
  maxStepM: 'limits.max_step',
  maxStepRad: 'limits.max_turn',
  velocityShare: 'limits.velocity_share',
  accelerationShare: 'limits.acceleration_share',
  selfClearanceM: 'limits.self_clearance',
  tableRiseM: 'limits.table_rise',
};

/** Action chunks + joint states → limited joint commands at 50 Hz. */
export const controller: NodeDefinition<Parameters> = {
  name: 'controller',
  parameters: controllerParameters,
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
  const following = followingLimits(config, embodiment, node.fullName);
  const newCore = () => new Controller({ ...coreOptions(config), embodiment, urdf, following });
  let core = newCore();
  core.setSpeedScale(config.speedScale);
  parameters.onChange(() => core.setSpeedScale(parameters.current().speedScale));
  const armStop = new ArmStop(node.fullName, (text) => node.getLogger().warn(text));
  const statistics = new ControllerStatistics(CONTROL_PERIOD_SEC);
  const sink = createRobotSink({ node, config, embodiment, urdf, periodSec: CONTROL_PERIOD_SEC });
  const states = node.advertise('st4vla_ros/msg/ExecutionState', 'execution_state', reliable(1));

  node.listenRaw('sensor_msgs/msg/JointState', 'joint_states', sensorData(), (message) => {
    const answer = core.onJointState(jointSampleFromMessage(message));
    statistics.joints.add(answer);
    if (answer.accepted) sink.heard();
  });
  node.listenRaw('st4vla_ros/msg/ActionChunk', 'action_chunk', reliable(), (message) => {
    const chunk = actionChunkFromMessage(message);
    if (isEpochAnnouncement(chunk)) core.newEpoch(chunk.epoch);
    else statistics.chunks.add(core.offerChunk(chunk, core.tickOfStamp(chunk.stampNs)));
  });
  node.expectOneSource('joint_states', 'action_chunk');
  serveOperator(node, armStop, () => core);
  const tellDriverFault = listenToDriver(node, () => core);
  let output: ControllerOutput | undefined;
  const report = (next: ControllerOutput, nowNs: bigint, startedMs: number) => {
    output = next;
    states.publish(executionStateToMessage(next, nowNs, baseFrame));
    statistics.step(next, startedMs);
  };
  node.everyPunctually(CONTROL_PERIOD_SEC, 'control period', () => {
    const startedMs = performance.now();
    const nowNs = node.nowNs();
    core.obstruct(sink.obstacle());
    const next = core.step(nowNs);
    if (next.command) sink.send(next.command);
    report(next, nowNs, startedMs);
  });
  const clockWatch = new ClockWatch();
  const watchClock = () => {
    const nowNs = node.nowNs();
    const standstill = clockWatch.check(nowNs, performance.now());
    if (standstill === undefined) return;
    const status = armStop.reason === undefined ? 'HOLD_STALE' : 'STOPPED';
    const reason = armStop.reason ?? standstill;
    report({ ...(output ?? core.step(nowNs)), status, reason }, nowNs, NaN);
  };
  if (node.usesSimulatedTime) node.every(CLOCK_WATCH_SEC, 'clock watch', watchClock, 'steady');

  const priorityFault = raisePriority(config.realtimePriority);
  if (priorityFault !== undefined) {
    node.getLogger().info(`not scheduled in real time: ${priorityFault}`);
  }

  return {
    configure: () => {
      core = newCore();
      core.setSpeedScale(parameters.current().speedScale);
      tellDriverFault();
      if (armStop.reason !== undefined) core.stop(armStop.reason);
    },
    activate: () => {
      core.reset();
      if (armStop.reason === undefined) core.resume();
      sink.prepare();
      statistics.pause();
    },
    deactivate: () => {
      sink.comeToRest(comeToRest(core, node.nowNs()));
      statistics.pause();
    },
    cleanup: () => sink.restore(),
    diagnostics: () => [...statistics.diagnostics(), ...sink.diagnostics()],
    close: (wasAskedTo) => {
      if (wasAskedTo) armStop.resume();
    },
  };
}

/** The arm, with what the parameters narrow; lists everything that would widen a limit. */
function limitedEmbodiment(source: string, config: Config<Parameters>): Embodiment {
  const narrowed = narrowLimits(embodimentByName(config.robot), {
    workspaceMin: config.limitsWorkspaceMin,
    workspaceMax: config.limitsWorkspaceMax,
    maxStepM: config.limitsMaxStep,
    maxStepRad: config.limitsMaxTurn,
    velocityShare: config.limitsVelocityShare,
    accelerationShare: config.limitsAccelerationShare,
    selfClearanceM: config.limitsSelfClearance,
    tableRiseM: config.limitsTableRise,
  });
  if (narrowed.ok) return narrowed.embodiment;
  throw new FaultError(
    source,
    narrowed.faults.map((fault) => ({ ...fault, source, field: PARAMETER_OF[fault.field]! })),
  );
}

function coreOptions(config: Config<Parameters>) {
  const queue = new ActionQueue({
    dim: ACTION_DIM,
    mode: config.queueMode,
    ensembleHorizon: config.queueEnsembleHorizon,
    ensembleAlpha: config.queueEnsembleAlpha,
    executionHorizon: config.queueExecutionHorizon,
  });
  return {
    queue,
    periodSec: CONTROL_PERIOD_SEC,
    staleAfterSec: config.staleAfter,
    gripperHoldTicks: config.gripperHold,
    maxBlindSec: config.maxBlind,
  };
}

/** The commands that bring the arm to rest; it is then held by whoever received the last one. */
function comeToRest(core: Controller, nowNs: bigint): JointCommand[] {
  core.stop('deactivated');
  const commands: JointCommand[] = [];
  for (let i = 0; i < MOST_BRAKING_PERIODS; i++) {
    const { command } = core.step(nowNs + BigInt(i) * CONTROL_PERIOD_NS);
    if (!command) break;
    commands.push(command);
    if (command.velocities.every((velocity) => velocity === 0)) break;
  }
  return commands;
}

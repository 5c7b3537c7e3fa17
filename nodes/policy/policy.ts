import { observationFromMessage } from '../../adapters/messages/observation.ts';
import { executionReportFromMessage } from '../../adapters/messages/executionState.ts';
import { frameIdOf } from '../../adapters/messages/frameId.ts';
import { secondsBetween } from '../../adapters/messages/time.ts';
import type { Policy } from '../../adapters/model/createPolicy.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import type { DualRateOptions } from '../../core/execution/DualRateScheduler.ts';
import { executionSpec } from '../../core/execution/ExecutionSpec.ts';
import { ANSWER_KINDS } from '../../core/plan/AnswerKind.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { newestFrame, reliable } from '../shared/node/qos.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/node/runNode.ts';
import { SpatialQuestionQueue } from './SpatialQuestionQueue.ts';
import { serveQuestions } from './askService.ts';
import { answerDiagnostic } from './answerDiagnostic.ts';
import { InstructionHandler } from './InstructionHandler.ts';
import { openModel } from './openModel.ts';
import { PolicyLoop } from './PolicyLoop.ts';
import { PolicyOutput } from './PolicyOutput.ts';
import { PolicyStatistics } from './PolicyStatistics.ts';
import { policyParameters } from './parameters.ts';

type Parameters = typeof policyParameters;

/** Observations + an instruction → spatial plans and action chunks. */
export const policy: NodeDefinition<Parameters> = {
  name: 'policy',
  parameters: policyParameters,
  create,
};

async function create(
  node: ManagedNode,
  parameters: NodeParameters<Parameters>,
): Promise<NodeBehaviour> {
  const config = parameters.current();
  const embodiment = embodimentByName(config.robot);
  const { policy: model, health } = await openModel(config, embodiment, {
    subject: node.fullName,
    log: node.getLogger(),
  });
  const asked = { model: model.spec.name, spec: executionSpec(model.spec, model.arm) };
  const output = new PolicyOutput(node, asked);
  const statistics = new PolicyStatistics(config.maxObservationAge);
  const loop = new PolicyLoop({
    policy: model,
    scheduling: scheduling(config, embodiment.tickSec),
    tickSec: embodiment.tickSec,
    nowNs: () => node.nowNs(),
    onPlan: ({ plan }) => output.plan(plan),
    publishChunk: (chunk) => output.chunk(chunk),
    onError: (subsystem, error) => node.guard.report(subsystem, error),
    onSettled: (topic, stampNs) => output.settled(topic, stampNs),
  });
  health.onDeath(() => loop.forgetRates());
  const questions = questionsOf(model, config, { node, loop, output });
  const instructions = new InstructionHandler(node, {
    loop,
    statistics,
    checkInstruction: model.checkInstruction,
    announce: (epoch) => output.epoch(epoch),
  });

  serveQuestions(node, questions, () => output.frame);
  listenToRobot(node, { loop, statistics, output, instructions });
  return {
    deactivate: () => {
      instructions.tasks.abort('the policy was deactivated');
      if (loop.scheduler.instruction !== undefined) instructions.begin(undefined);
    },
    diagnostics: () => [
      ...statistics.diagnostics(loop, node.nowNs()),
      health.diagnostic(),
      ...(questions ? [answerDiagnostic(questions)] : []),
    ],
    close: () => model.close(),
  };
}

type Outlets = {
  readonly node: ManagedNode;
  readonly loop: PolicyLoop;
  readonly output: PolicyOutput;
};

/** Questions about each plan that the loop makes; undefined if the model does not answer in words. */
function questionsOf(
  { answers }: Policy,
  { decodeEvery, decodeKinds }: Config<Parameters>,
  { node, loop, output }: Outlets,
): SpatialQuestionQueue | undefined {
  if (answers === undefined) return undefined;
  const questions = new SpatialQuestionQueue({
    answers,
    every: decodeEvery,
    kinds: ANSWER_KINDS.filter((kind) => decodeKinds.includes(kind)),
    epoch: () => loop.scheduler.epoch,
    publish: (plan) => output.plan(plan),
    onError: (error) => node.guard.report('answers', error),
  });
  loop.whenPlanned((answer) => questions.planned(answer));
  return questions;
}

type RobotListeners = {
  readonly loop: PolicyLoop;
  readonly statistics: PolicyStatistics;
  readonly output: PolicyOutput;
  readonly instructions: InstructionHandler;
};

/** Gives the loop what the robot sees, and what the controller has done. */
function listenToRobot(node: ManagedNode, listeners: RobotListeners): void {
  const { loop, statistics, output, instructions } = listeners;
  node.listenRaw('st4vla_ros/msg/Observation', 'observation', newestFrame(), (message) => {
    const observation = observationFromMessage(message);
    const ageSec = secondsBetween(observation.stampNs, node.nowNs());
    if (!statistics.observation(ageSec)) return;
    output.frame = frameIdOf(message.header.frame_id);
    if (loop.isFromThePast(observation)) instructions.begin(loop.scheduler.instruction);
    loop.see(observation);
  });
  node.listenRaw('st4vla_ros/msg/ExecutionState', 'execution_state', reliable(5), (message) => {
    const report = executionReportFromMessage(message);
    const refusal = loop.follow(report);
    statistics.report(refusal);
    if (refusal === undefined) instructions.tasks.follow(report);
  });
  node.expectOneSource('observation', 'execution_state');
}

function scheduling(config: Config<Parameters>, tickSec: number): DualRateOptions {
  return {
    plannerPeriodSec: config.plannerPeriod,
    expertPeriodSec: config.expertPeriodTicks * tickSec,
    maxPlanAgeSec: config.maxPlanAge,
    lockStep: config.lockStep,
  };
}

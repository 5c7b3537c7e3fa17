import type { Config } from '../../core/config/ParameterTable.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import type { DualRateOptions } from '../../core/execution/DualRateScheduler.ts';
import { executionSpec } from '../../core/execution/ExecutionSpec.ts';
import { ANSWER_KINDS } from '../../core/plan/AnswerKind.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import { actionChunkToMessage, epochAnnouncement } from '../../adapters/messages/actionChunk.ts';
import { executionSpecToText } from '../../adapters/messages/executionSpec.ts';
import { executionReportFromMessage } from '../../adapters/messages/executionState.ts';
import { frameIdOf } from '../../adapters/messages/frameId.ts';
import { observationFromMessage } from '../../adapters/messages/observation.ts';
import { spatialPlanToMessage } from '../../adapters/messages/spatialPlan.ts';
import { secondsBetween, stampFromNs } from '../../adapters/messages/time.ts';
import { latched, newestFrame, reliable } from '../shared/qos.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/runNode.ts';
import { SpatialQuestionQueue } from './SpatialQuestionQueue.ts';
import { serveQuestions } from './askService.ts';
import { answerDiagnostic } from './answerDiagnostic.ts';
import { InstructionHandler } from './InstructionHandler.ts';
import { openModel } from './openModel.ts';
import { PolicyLoop } from './PolicyLoop.ts';
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
  const statistics = new PolicyStatistics(config.maxObservationAge);
  const plans = node.advertise('st4vla_ros/msg/SpatialPlan', 'plan', reliable());
  const chunks = node.advertiseRaw('st4vla_ros/msg/ActionChunk', 'action_chunk', reliable());
  // For who holds the time until there is an answer; no time of the world can be held.
  const settled = node.usesSimulatedTime
    ? node.advertiseRaw('std_msgs/msg/Header', 'settled', reliable())
    : undefined;
  const asked = { model: model.spec.name, spec: executionSpec(model.spec, model.arm) };
  const executions = node.advertise('std_msgs/msg/String', 'execution_spec', latched());
  executions.publish({ data: executionSpecToText(asked) });
  let frame = '';

  const publishPlan = (plan: SpatialPlan) => plans.publish(spatialPlanToMessage(plan, frame));
  const loop = new PolicyLoop({
    policy: model,
    scheduling: scheduling(config, embodiment.tickSec),
    tickSec: embodiment.tickSec,
    nowNs: () => node.nowNs(),
    onPlan: ({ plan }) => publishPlan(plan),
    publishChunk: (chunk) => chunks.publish(actionChunkToMessage(chunk, frame)),
    onError: (subsystem, error) => node.guard.report(subsystem, error),
    ...(settled && {
      onSettled: (frame_id, stampNs) => settled.publish({ frame_id, stamp: stampFromNs(stampNs) }),
    }),
  });
  health.onDeath(() => loop.forgetRates());
  const questions =
    model.answers &&
    new SpatialQuestionQueue({
      answers: model.answers,
      every: config.decodeEvery,
      kinds: ANSWER_KINDS.filter((kind) => config.decodeKinds.includes(kind)),
      epoch: () => loop.scheduler.epoch,
      publish: publishPlan,
      onError: (error) => node.guard.report('answers', error),
    });
  if (questions) loop.whenPlanned((answer) => questions.planned(answer));
  const announce = (epoch: number) =>
    chunks.publish(actionChunkToMessage(epochAnnouncement(epoch, node.nowNs()), frame));
  const { checkInstruction } = model;
  const instructions = new InstructionHandler(node, {
    loop,
    statistics,
    checkInstruction,
    announce,
  });
  const { tasks } = instructions;

  serveQuestions(node, questions, () => frame);
  node.listenRaw('st4vla_ros/msg/Observation', 'observation', newestFrame(), (message) => {
    const observation = observationFromMessage(message);
    const ageSec = secondsBetween(observation.stampNs, node.nowNs());
    if (!statistics.observation(ageSec)) return;
    frame = frameIdOf(message.header.frame_id);
    if (loop.isFromThePast(observation)) instructions.begin(loop.scheduler.instruction);
    loop.see(observation);
  });
  node.listenRaw('st4vla_ros/msg/ExecutionState', 'execution_state', reliable(5), (message) => {
    const report = executionReportFromMessage(message);
    const refusal = loop.follow(report);
    statistics.report(refusal);
    if (refusal === undefined) tasks.follow(report);
  });

  node.expectOneSource('observation', 'execution_state');

  return {
    deactivate: () => {
      tasks.abort('the policy was deactivated');
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

function scheduling(config: Config<Parameters>, tickSec: number): DualRateOptions {
  return {
    plannerPeriodSec: config.plannerPeriod,
    expertPeriodSec: config.expertPeriodTicks * tickSec,
    maxPlanAgeSec: config.maxPlanAge,
    lockStep: config.lockStep,
  };
}

import { showValue } from '../../core/config/Fault.ts';
import type { AnswerKind } from '../../core/plan/AnswerKind.ts';
import { ANSWER_KINDS } from '../../core/plan/AnswerKind.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { spatialPlanToMessage } from '../../adapters/messages/spatialPlan.ts';
import { Abandoned, type SpatialQuestionQueue } from './SpatialQuestionQueue.ts';

const NO_PLAN: SpatialPlan = {
  id: 0n,
  observationId: 0n,
  stampNs: 0n,
  epoch: 0,
  instruction: '',
  view: '',
  boxes: [],
  points: [],
  trajectory: [],
  rawText: '',
  latencySec: 0,
};

type Reply = {
  readonly success: boolean;
  readonly message: string;
  readonly plan: SpatialPlan;
  readonly tokens: number;
};

/** The service `~/ask_spatial`; `questions` is undefined if the model does not answer in words. */
export function serveQuestions(
  node: ManagedNode,
  questions: SpatialQuestionQueue | undefined,
  frame: () => string,
): void {
  const message = ({ success, message, plan, tokens }: Reply) => ({
    success,
    message,
    plan: spatialPlanToMessage(plan, frame()),
    tokens,
    latency: plan.latencySec,
  });
  const refuse = (reason: string) =>
    message({ success: false, message: reason, plan: NO_PLAN, tokens: 0 });
  node.serve(
    'st4vla_ros/srv/AskSpatial',
    '~/ask_spatial',
    async ({ kind, instruction }) => {
      if (!node.isActive) return refuse('the node is not active');
      if (!questions) return refuse('the model does not answer in words');
      const asked = ANSWER_KINDS.find((known): known is AnswerKind => known === kind);
      if (!asked)
        return refuse(`kind: expected ${ANSWER_KINDS.join(', ')}, found ${showValue(kind)}`);
      try {
        const { plan, reading, ids } = await questions.ask(asked, instruction);
        const problems = reading.problems.join('; ');
        return message({
          success: reading.isReadable,
          message: problems,
          plan,
          tokens: ids.length,
        });
      } catch (error) {
        if (error instanceof Abandoned) return refuse(error.message);
        throw error;
      }
    },
    refuse,
  );
}

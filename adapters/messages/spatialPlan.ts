import type { MessageType } from 'rclnodejs';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import { nsFromStamp, stampFromNs } from './time.ts';

type SpatialPlanMessage = MessageType<'st4vla_ros/msg/SpatialPlan'>;

export function spatialPlanToMessage(plan: SpatialPlan, frame: string): SpatialPlanMessage {
  return {
    header: { stamp: stampFromNs(plan.stampNs), frame_id: frame },
    plan_id: plan.id,
    observation_id: plan.observationId,
    epoch: plan.epoch,
    instruction: plan.instruction,
    view: plan.view,
    boxes: plan.boxes.map((box) => ({ ...box })),
    points: plan.points.map((point) => ({ ...point })),
    trajectory: plan.trajectory.map(({ x, y }, i) => ({ label: String(i), x, y, score: 1 })),
    raw_text: plan.rawText,
    latency: plan.latencySec,
  };
}

export function spatialPlanFromMessage(message: SpatialPlanMessage): SpatialPlan {
  return {
    id: BigInt(message.plan_id),
    observationId: BigInt(message.observation_id),
    stampNs: nsFromStamp(message.header.stamp),
    epoch: message.epoch,
    instruction: message.instruction,
    view: message.view,
    boxes: message.boxes.map((box) => ({ ...box })),
    points: message.points.map((point) => ({ ...point })),
    trajectory: message.trajectory.map(({ x, y }) => ({ x, y })),
    rawText: message.raw_text,
    latencySec: message.latency,
  };
}

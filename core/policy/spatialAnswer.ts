import type { PlanBox, PlanPoint, PlanWaypoint } from '../plan/SpatialPlan.ts';
import type { HeadsSpec } from './ModelSpec.ts';
import type { SpatialHeads } from './PlannerNetwork.ts';

export type SpatialAnswer = {
  readonly boxes: readonly PlanBox[];
  readonly points: readonly PlanPoint[];
  readonly trajectory: readonly PlanWaypoint[];
};

/** The heads' numbers with their labels: clamped to 0…1, boxes with x1 ≤ x2 and y1 ≤ y2. */
export function spatialAnswer(output: SpatialHeads, spec: HeadsSpec): SpatialAnswer {
  const read = (data: Float32Array, i: number) => Math.max(0, Math.min(1, data[i]!));
  const boxes = spec.boxes.map((label, i) => {
    const [xa, ya, xb, yb] = [0, 1, 2, 3].map((k) => read(output.boxes.data, 4 * i + k));
    return {
      label,
      x1: Math.min(xa!, xb!),
      y1: Math.min(ya!, yb!),
      x2: Math.max(xa!, xb!),
      y2: Math.max(ya!, yb!),
      // A model without box scores does not judge its boxes.
      score: output.boxScores ? read(output.boxScores.data, i) : 1,
    };
  });
  const points = spec.points.map((label, i) => ({
    label,
    x: read(output.points.data, 2 * i),
    y: read(output.points.data, 2 * i + 1),
    score: read(output.pointScores.data, i),
  }));
  const trajectory = Array.from({ length: spec.trajectory }, (_, i) => ({
    x: read(output.trajectory.data, 2 * i),
    y: read(output.trajectory.data, 2 * i + 1),
  }));
  return { boxes, points, trajectory };
}

import type { DrawablePlan } from '../../adapters/image/PlanOverlay.ts';
import type { PlanEvent } from '../../core/replay/ReplayEvent.ts';

/** A replayed plan in the form that it is drawn from. */
export function drawablePlan({ labels, boxes, points, trajectory }: PlanEvent): DrawablePlan {
  const rows = (numbers: readonly number[], width: number) =>
    Array.from({ length: numbers.length / width }, (_, i) =>
      numbers.slice(i * width, (i + 1) * width),
    );
  const boxRows = rows(boxes, 5);
  return {
    boxes: boxRows.map(([x1 = 0, y1 = 0, x2 = 0, y2 = 0, score = 0], i) => {
      return { label: labels[i] ?? '', x1, y1, x2, y2, score };
    }),
    points: rows(points, 3).map(([x = 0, y = 0, score = 0], i) => {
      return { label: labels[boxRows.length + i] ?? '', x, y, score };
    }),
    trajectory: rows(trajectory, 2).map(([x = 0, y = 0]) => ({ x, y })),
  };
}

import { secondsOf } from '../../core/math/time.ts';
import type { ComparedAction } from '../../core/replay/OpenLoopErrors.ts';
import { type Line, linePlot } from '../page/linePlot.ts';
import type { OpenLoopEpisode } from './OpenLoopEpisode.ts';

/** Of the first and of the second model. */
export const LINE_STYLES = ['first', 'second'] as const;

const DEGREES = 180 / Math.PI;

/** The ranges keep what is as good as nothing from looking like something. */
const PLOTS: readonly {
  readonly title: string;
  readonly scale: number;
  readonly yRange: readonly [least: number, most: number];
}[] = [
  { title: 'Δx, mm', scale: 1000, yRange: [-5, 5] },
  { title: 'Δy, mm', scale: 1000, yRange: [-5, 5] },
  { title: 'Δz, mm', scale: 1000, yRange: [-5, 5] },
  { title: 'turn about x, °', scale: DEGREES, yRange: [-2, 2] },
  { title: 'turn about y, °', scale: DEGREES, yRange: [-2, 2] },
  { title: 'turn about z, °', scale: DEGREES, yRange: [-2, 2] },
  { title: 'gripper, 0 closed, 1 open', scale: 1, yRange: [0, 1] },
];

/** An episode's actions over time: what was recorded, and the executed row of each model. */
export function actionPlots({ models }: OpenLoopEpisode, tickSec: number): string {
  const { startNs } = models[0]!.prediction;
  // Of a record that is the same for all, the model with most to compare shows most.
  const longest = models.reduce((a, b) => (b.compared.length > a.compared.length ? b : a));
  const plots = PLOTS.map(({ title, scale, yRange }, index) => {
    const line = (
      style: Line['style'],
      pairs: readonly ComparedAction[],
      of: 'recorded' | 'predicted',
    ): Line => ({
      name: style,
      style,
      points: withGaps(
        pairs.map((pair) => [secondsOf(pair.timeNs - startNs), pair[of][index]! * scale]),
        tickSec,
      ),
    });
    const predicted = models.map(({ compared }, i) => line(LINE_STYLES[i]!, compared, 'predicted'));
    const lines = [line('recorded', longest.compared, 'recorded'), ...predicted];
    return linePlot({ title, xLabel: 's', lines, yRange });
  });
  return plots.join('\n');
}

/** Breaks the line where nothing was predicted for more than two ticks. */
function withGaps(
  points: readonly (readonly [number, number])[],
  tickSec: number,
): (readonly [number, number])[] {
  return points.flatMap((point, i) => {
    const before = points[i - 1];
    const isGap = before !== undefined && point[0] - before[0] > 2.5 * tickSec;
    return isGap ? [[before[0], NaN] as const, point] : [point];
  });
}

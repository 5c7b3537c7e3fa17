import { Canvas } from '../../adapters/image/Canvas.ts';
import { drawPlan } from '../../adapters/image/PlanOverlay.ts';
import { resizeArea } from '../../core/image/AreaResizer.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import { drawablePlan } from './drawablePlan.ts';
import type { FirstDifference } from './GoldenComparison.ts';

const GAP = 8;
const TITLE = 24;
/** Large enough to read the labels. */
const SCALE = 3;

/**
 * What was seen at the first difference, with the golden plan on the left and the one of now on the
 * right; undefined where nothing was seen yet.
 */
export function differencePicture(first: FirstDifference): RgbImage | undefined {
  const image = first.observation?.views[0]?.image;
  if (!image) return undefined;
  const [width, height] = [image.width * SCALE, image.height * SCALE];
  const large = enlarged(image);
  const canvas = Canvas.blank(2 * width + GAP, height + TITLE, [255, 255, 255]);
  const sides = [
    ['golden', first.expectedPlan, 0],
    ['now', first.foundPlan, width + GAP],
  ] as const;
  for (const [title, plan, x] of sides) {
    canvas.text(x + 4, 4, title, { color: [20, 20, 24], scale: 2 });
    canvas.paste(plan ? drawPlan(large, drawablePlan(plan)) : large, x, TITLE);
  }
  return canvas.image;
}

function enlarged(image: RgbImage): RgbImage {
  return resizeArea(image, image.width * SCALE, image.height * SCALE);
}

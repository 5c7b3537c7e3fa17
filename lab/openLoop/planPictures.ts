import { nsOf, secondsOf } from '../../core/math/time.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import { Canvas } from '../../adapters/image/Canvas.ts';
import { contactSheet } from '../../adapters/image/ContactSheet.ts';
import { encodeFilm } from '../../adapters/image/encodeFilm.ts';
import { encodeJpeg } from '../../adapters/image/encodeImage.ts';
import { drawPlan } from '../../adapters/image/PlanOverlay.ts';
import { resizeArea } from '../../core/image/AreaResizer.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import { readFrames } from '../replay/readFrames.ts';
import { drawablePlan } from '../replay/drawablePlan.ts';
import type { OpenLoopEpisode } from './OpenLoopEpisode.ts';

/** What the camera saw with what was planned, as bytes of pictures. */
export type PlanPictures = {
  /** WebP, at double speed; models side by side. */
  readonly film: Uint8Array;
  /** JPEG, a row of moments for each model. */
  readonly stills: Uint8Array;
};

export type PictureOptions = {
  readonly modelNames: readonly string[];
  readonly tickSec: number;
};

const FILM = { frameMs: 100, lastFrameMs: 1500 };
/** Longer episodes are shown faster. */
const MAX_FRAMES = 120;
const STILLS = 4;
const STILL_WIDTH = 320;
const FILM_WIDTH = 400;
const TITLE = 20;

type Moment = { readonly timeNs: bigint; readonly panels: readonly RgbImage[] };

/** Undefined where the bag has no picture that can be decoded. */
export async function planPictures(
  episode: OpenLoopEpisode,
  options: PictureOptions,
): Promise<PlanPictures | undefined> {
  const [first] = episode.models;
  const { startNs, endNs, primaryTopic } = first!.prediction;
  const tickNs = nsOf(options.tickSec);
  const ticks = Number((endNs - startNs) / tickNs) + 1;
  const stepNs = tickNs * BigInt(Math.ceil(ticks / MAX_FRAMES));
  const moments: Moment[] = [];
  const bag = await openBag(episode.bag);
  try {
    for await (const { image, stampNs } of readFrames(bag, primaryTopic, stepNs)) {
      const small = resizeArea(
        image,
        FILM_WIDTH,
        Math.round((FILM_WIDTH * image.height) / image.width),
      );
      const panels = episode.models.map(({ prediction }) => {
        const plan = prediction.plans.at(stampNs);
        return plan ? drawPlan(small, drawablePlan(plan)) : small;
      });
      moments.push({ timeNs: stampNs - startNs, panels });
    }
  } finally {
    await bag.close();
  }
  if (moments.length === 0) return undefined;
  const names = options.modelNames;
  const frames = moments.map(({ panels }) => sideBySide(panels, names));
  return { film: await encodeFilm(frames, FILM), stills: await encodeJpeg(stills(moments, names)) };
}

function sideBySide(panels: readonly RgbImage[], names: readonly string[]): RgbImage {
  const [first] = panels;
  if (panels.length === 1) return first!;
  const { width, height } = first!;
  const canvas = Canvas.blank(panels.length * width, height + TITLE, [30, 30, 34]);
  panels.forEach((panel, i) => {
    canvas.text(i * width + 6, 3, names[i]!, { color: [235, 235, 230], scale: 2 });
    canvas.paste(panel, i * width, TITLE);
  });
  return canvas.image;
}

/** From the beginning to the end, a row for each model. */
function stills(moments: readonly Moment[], names: readonly string[]): RgbImage {
  const chosen = Array.from(
    { length: Math.min(STILLS, moments.length) },
    (_, i, count = Math.min(STILLS, moments.length)) =>
      moments[Math.round((i * (moments.length - 1)) / Math.max(1, count - 1))]!,
  );
  const cells = names.flatMap((name, model) =>
    chosen.map(({ timeNs, panels }) => {
      const panel = panels[model]!;
      const height = Math.round((STILL_WIDTH * panel.height) / panel.width);
      // A picture may be a little older than the first tick.
      const sec = Math.max(0, secondsOf(timeNs));
      const caption = `${sec.toFixed(1)} s  ${names.length > 1 ? name : ''}`;
      return { image: resizeArea(panel, STILL_WIDTH, height), caption };
    }),
  );
  return contactSheet(cells, chosen.length);
}

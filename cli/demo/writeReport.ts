import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFilm } from '../../adapters/image/encodeFilm.ts';
import { encodeJpeg } from '../../adapters/image/encodeImage.ts';
import { drawPlan } from '../../adapters/image/PlanOverlay.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import type { Provenance } from '../../lab/provenance.ts';
import { median } from '../../core/math/statistics.ts';
import type { FinishedEpisode } from './DemoDriver.ts';
import type { EpisodeFigures } from './EpisodeRecord.ts';
import { type ReportEpisode, reportPage } from './reportPage.ts';

/** Twice as fast as it happened. */
const FILM = { frameMs: 100, lastFrameMs: 1500 };

/** Figures of the whole demo: medians over its episodes. */
export function overallFigures(episodes: readonly FinishedEpisode[]): EpisodeFigures {
  const figures = episodes.map(({ record }) => record.figures());
  const over = (of: (figures: EpisodeFigures) => number) => median(figures.map(of));
  return {
    plannerHz: over(({ plannerHz }) => plannerHz),
    expertHz: over(({ expertHz }) => expertHz),
    plannerLatencySec: over(({ plannerLatencySec }) => plannerLatencySec),
    expertLatencySec: over(({ expertLatencySec }) => expertLatencySec),
    planAgeSec: over(({ planAgeSec }) => planAgeSec),
    delayTicks: Math.round(over(({ delayTicks }) => delayTicks)),
    planDelayTicks: Math.round(over(({ planDelayTicks }) => planDelayTicks)),
    heldShare: over(({ heldShare }) => heldShare),
  };
}

/** Writes `index.html` with its pictures, and `demo.json` with the figures. Returns the page's path. */
export async function writeReport(
  folder: string,
  episodes: readonly FinishedEpisode[],
  from: Provenance,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const overall = overallFigures(episodes);
  const reported = await Promise.all(episodes.map((episode, i) => saveEpisode(folder, episode, i)));
  const figures = episodes.map(({ record }) => ({
    task: record.task,
    seed: Number(record.seed),
    instruction: record.instruction,
    success: record.success,
    ticks: record.tick,
    ...record.figures(),
  }));
  const json = { ...from, overall, episodes: figures };
  await writeFile(join(folder, 'demo.json'), `${JSON.stringify(json, null, 2)}\n`);
  const page = join(folder, 'index.html');
  await writeFile(page, reportPage({ episodes: reported, overall, from }));
  return page;
}

async function saveEpisode(
  folder: string,
  { record, begin, end }: FinishedEpisode,
  index: number,
): Promise<ReportEpisode> {
  const name = `${index + 1}-${record.task}`;
  const files = { begin: `${name}-plan.jpg`, end: `${name}-end.jpg`, film: `${name}.webp` };
  const pictures = record.frames.map(({ image, plan }) => drawn(image, plan));
  await writeFile(join(folder, files.begin), await encodeJpeg(drawn(begin.image, begin.plan)));
  await writeFile(join(folder, files.end), await encodeJpeg(end.image));
  await writeFile(join(folder, files.film), await encodeFilm(pictures, FILM));
  return { record, figures: record.figures(), files };
}

function drawn(image: RgbImage, plan: SpatialPlan | undefined): RgbImage {
  return plan ? drawPlan(image, plan) : image;
}

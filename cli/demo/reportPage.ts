import type { Provenance } from '../../lab/provenance.ts';
import { escapeHtml } from '../../lab/page/escapeHtml.ts';
import { PAGE_STYLE } from '../../lab/page/pageStyle.ts';
import type { EpisodeFigures, EpisodeRecord } from './EpisodeRecord.ts';

export type ReportEpisode = {
  readonly record: Pick<
    EpisodeRecord,
    'task' | 'seed' | 'instruction' | 'success' | 'tick' | 'maxTicks'
  >;
  readonly figures: EpisodeFigures;
  /** Names of the pictures beside the page. */
  readonly files: { readonly begin: string; readonly end: string; readonly film: string };
};

export type Report = {
  readonly episodes: readonly ReportEpisode[];
  readonly overall: EpisodeFigures;
  readonly from: Provenance;
};

/** The page of a demo: what was asked, what was planned, what became of it, and how fast. */
export function reportPage({ episodes, overall, from }: Report): string {
  const solved = episodes.filter(({ record }) => record.success).length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ST4VLA demo: ${solved} of ${episodes.length} tasks solved</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
  <h1>${solved} of ${episodes.length} tasks solved</h1>
  <p>A simulated WidowX does what a sentence says, through ROS&nbsp;2. A slow planner finds what to
  pick, where to put it and the way between; a fast expert turns that and what the camera sees
  into motion.</p>
  <dl class="figures">
    ${figure('planner', `${overall.plannerHz.toFixed(1)} Hz`, ms(overall.plannerLatencySec))}
    ${figure('expert', `${overall.expertHz.toFixed(1)} Hz`, ms(overall.expertLatencySec))}
    ${figure('plan age', sec(overall.planAgeSec), 'when the expert uses it')}
    ${figure('delay', ticks(overall.delayTicks), 'from a frame to its action')}
    ${figure('held still', percent(overall.heldShare), 'of the time, start-up included')}
  </dl>
</header>
<main>
${episodes.map(episodeSection).join('\n')}
</main>
<footer>
  <p><code>${escapeHtml(from.command)}</code></p>
  <p>commit ${escapeHtml(from.commit)} · ${escapeHtml(from.machine)} · ${escapeHtml(from.startedAt)}</p>
</footer>
</body>
</html>
`;
}

function episodeSection({ record, figures, files }: ReportEpisode): string {
  const verdict = record.success ? 'solved' : 'not solved';
  const alt = escapeHtml(record.instruction);
  return `<section class="${record.success ? 'good' : 'bad'}">
  <h2>“${escapeHtml(record.instruction)}” <span class="verdict">${verdict}</span></h2>
  <div class="pictures">
    ${picture(files.begin, `the first plan for: ${alt}`, 'the first plan')}
    ${picture(files.film, `the episode: ${alt}`, 'the episode at double speed, with the newest plan')}
    ${picture(files.end, `the end of: ${alt}`, `the end, tick ${record.tick} of ${record.maxTicks}`)}
  </div>
  <p class="detail">${escapeHtml(record.task)}, seed ${record.seed} ·
    planner ${figures.plannerHz.toFixed(1)} Hz (${ms(figures.plannerLatencySec)}) ·
    expert ${figures.expertHz.toFixed(1)} Hz (${ms(figures.expertLatencySec)}) ·
    plan age ${sec(figures.planAgeSec)} ·
    chunks ${ticks(figures.delayTicks)} after their frame, plans ${ticks(figures.planDelayTicks)}</p>
</section>`;
}

function picture(file: string, alt: string, caption: string): string {
  return `<figure><img src="${escapeHtml(file)}" alt="${alt}" width="640" height="480"><figcaption>${caption}</figcaption></figure>`;
}

function figure(name: string, value: string, note: string): string {
  return `<div><dt>${name}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`;
}

const ms = (value: number) => (Number.isNaN(value) ? '–' : `${(value * 1000).toFixed(0)} ms each`);
const sec = (value: number) => (Number.isNaN(value) ? '–' : `${value.toFixed(2)} s`);
const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
const ticks = (n: number) => (Number.isNaN(n) ? '–' : `${n} ${n === 1 ? 'tick' : 'ticks'}`);

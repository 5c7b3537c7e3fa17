import type { Provenance } from '../provenance.ts';
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
<style>${STYLE}</style>
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
  <p><code>${escape(from.command)}</code></p>
  <p>commit ${escape(from.commit)} · ${escape(from.machine)} · ${escape(from.startedAt)}</p>
</footer>
</body>
</html>
`;
}

function episodeSection({ record, figures, files }: ReportEpisode): string {
  const verdict = record.success ? 'solved' : 'not solved';
  const alt = escape(record.instruction);
  return `<section class="${record.success ? 'good' : 'bad'}">
  <h2>“${escape(record.instruction)}” <span class="verdict">${verdict}</span></h2>
  <div class="pictures">
    ${picture(files.begin, `the first plan for: ${alt}`, 'the first plan')}
    ${picture(files.film, `the episode: ${alt}`, 'the episode at double speed, with the newest plan')}
    ${picture(files.end, `the end of: ${alt}`, `the end, tick ${record.tick} of ${record.maxTicks}`)}
  </div>
  <p class="detail">${escape(record.task)}, seed ${record.seed} ·
    planner ${figures.plannerHz.toFixed(1)} Hz (${ms(figures.plannerLatencySec)}) ·
    expert ${figures.expertHz.toFixed(1)} Hz (${ms(figures.expertLatencySec)}) ·
    plan age ${sec(figures.planAgeSec)} ·
    chunks ${ticks(figures.delayTicks)} after their frame, plans ${ticks(figures.planDelayTicks)}</p>
</section>`;
}

function picture(file: string, alt: string, caption: string): string {
  return `<figure><img src="${escape(file)}" alt="${alt}" width="640" height="480"><figcaption>${caption}</figcaption></figure>`;
}

function figure(name: string, value: string, note: string): string {
  return `<div><dt>${name}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`;
}

const ms = (value: number) => (Number.isNaN(value) ? '–' : `${(value * 1000).toFixed(0)} ms each`);
const sec = (value: number) => (Number.isNaN(value) ? '–' : `${value.toFixed(2)} s`);
const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
const ticks = (n: number) => (Number.isNaN(n) ? '–' : `${n} ${n === 1 ? 'tick' : 'ticks'}`);

function escape(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] as string);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2126; --soft: #667079; --paper: #f6f6f3; --card: #fff;
  --line: #e2e2dc; --good: #1e8e4d; --bad: #c8362f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e4; --soft: #9aa3ab; --paper: #16181b;
  --card: #1f2226; --line: #33383e; --good: #46c37b; --bad: #f0655e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2.5rem 1.5rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 2.2rem; letter-spacing: -0.02em; }
header p { max-width: 46rem; color: var(--soft); margin: 0.4rem 0 1.5rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1px;
  margin: 0; background: var(--line); border: 1px solid var(--line); border-radius: 10px;
  overflow: hidden; }
.figures div { background: var(--card); padding: 0.8rem 1rem; }
dt, .note { color: var(--soft); font-size: 0.8rem; }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
dd.note { font-size: 0.8rem; }
section { margin-top: 1.5rem; padding: 1.1rem 1.25rem; background: var(--card);
  border: 1px solid var(--line); border-left: 5px solid var(--good); border-radius: 10px; }
section.bad { border-left-color: var(--bad); }
h2 { margin: 0 0 0.8rem; font-size: 1.2rem; font-weight: 600; display: flex; gap: 0.8rem;
  align-items: baseline; flex-wrap: wrap; }
.verdict { font-size: 0.85rem; color: var(--good); }
.bad .verdict { color: var(--bad); }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 0.8rem; }
figure { margin: 0; }
img { width: 100%; height: auto; display: block; border-radius: 6px; background: var(--line); }
figcaption, .detail, footer { color: var(--soft); font-size: 0.85rem; }
.detail { margin: 0.7rem 0 0; font-variant-numeric: tabular-nums; }
footer { margin-top: 2rem; overflow-wrap: anywhere; }
footer p { margin: 0.2rem 0; }
`;

import type { OpenLoopFigures } from '../../core/replay/OpenLoopErrors.ts';
import { escapeHtml } from '../page/escapeHtml.ts';
import { linePlot, plotKey, PLOT_STYLE } from '../page/linePlot.ts';
import { PAGE_STYLE } from '../page/pageStyle.ts';
import type { Provenance } from '../provenance.ts';
import { actionPlots, LINE_STYLES } from './actionPlots.ts';
import type { CommandErrors, OpenLoopEpisode, OpenLoopReport } from './OpenLoopEpisode.ts';
import { DIMENSIONS } from './openLoopResults.ts';
import { degrees, millimetres, percent, shortName } from './openLoopTable.ts';
import type { PlanPictures } from './planPictures.ts';

export type OpenLoopPage = {
  readonly report: OpenLoopReport;
  /** Of each episode. */
  readonly pictures: readonly (PlanPictures | undefined)[];
  readonly tickSec: number;
  readonly from: Provenance;
};

const SOURCES = {
  actions: 'actions that the bag has one by one',
  targets: 'the targets of the controller',
  commands: 'the commands to the joints',
  joints: 'how the joints moved',
} as const;

/** A page that needs nothing beside it: how close predictions are to what was done. */
export function openLoopPage({ report, pictures, tickSec, from }: OpenLoopPage): string {
  const { modelNames, episodes, overall, skipped } = report;
  const title = modelNames.join(' and ');
  const count = episodes.length === 1 ? 'one episode' : `${episodes.length} episodes`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Open loop: ${escapeHtml(title)}</title>
<style>${PAGE_STYLE}${PLOT_STYLE}${STYLE}</style>
</head>
<body>
<header>
  <h1>${escapeHtml(title)} on ${count}</h1>
  <p>Open loop: at each tick the model sees what was recorded and proposes a chunk of actions; beside it
  stands what was done then. Row ${overall[0]!.executedRow} of a chunk is the first that would be
  executed. A model can do a task and still differ from the record: there are many ways.</p>
  ${overall.map((figures, i) => headline(modelNames[i]!, figures, i)).join('\n')}
</header>
<main>
<section>
  <h2>By dimension</h2>
  ${dimensionTable(modelNames, overall)}
</section>
<section>
  <h2>By row of the chunk</h2>
  ${plotKey(modelNames.map((name, i) => ({ name, style: LINE_STYLES[i]! })))}
  <div class="plots">${rowPlots(modelNames, overall)}</div>
</section>
${episodes.map((episode, i) => episodeSection(episode, pictures[i], modelNames, tickSec)).join('\n')}
${skipped.map(({ bag, reason }) => leftOut(bag, reason)).join('\n')}
</main>
<footer>
  <p><code>${escapeHtml(from.command)}</code></p>
  <p>commit ${escapeHtml(from.commit)} · ${escapeHtml(from.machine)} · ${escapeHtml(from.startedAt)}</p>
</footer>
</body>
</html>
`;
}

function headline(name: string, figures: OpenLoopFigures, model: number): string {
  const row = figures.rows[figures.executedRow];
  const entries = [
    ['model', escapeHtml(name), `${figures.compared} actions compared`],
    ['position', millimetres(row?.positionM ?? NaN), 'mean distance of a step'],
    ['rotation', degrees(row?.rotationRad ?? NaN), 'mean angle of a step'],
    ['gripper', percent(row?.gripperAgreement ?? NaN), 'of the ticks the same'],
    ['end of chunk', millimetres(figures.endOfChunkM), `after ${figures.rows.length} ticks`],
  ];
  const cells = entries.map(
    ([term, value, note]) =>
      `<div><dt>${term}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`,
  );
  return `<dl class="figures of-${LINE_STYLES[model]!}">${cells.join('')}</dl>`;
}

function dimensionTable(names: readonly string[], overall: readonly OpenLoopFigures[]): string {
  const number = (value: number, i: number) => {
    if (Number.isNaN(value)) return '–';
    if (i < 3) return (value * 1000).toFixed(2);
    return i < 6 ? ((value * 180) / Math.PI).toFixed(2) : value.toFixed(3);
  };
  const units = ['mm', 'mm', 'mm', '°', '°', '°', 'of 1'];
  const head = names.flatMap((name) => [
    `<th>${escapeHtml(name)}: mean</th><th>rms</th><th>largest</th>`,
  ]);
  const rows = DIMENSIONS.map((dimension, i) => {
    const cells = overall.map(({ dimensions }) => {
      const { mean, rms, largest } = dimensions[i]!;
      return [mean, rms, largest].map((value) => `<td>${number(value, i)}</td>`).join('');
    });
    const spread = number(overall[0]!.dimensions[i]!.recordedSpread, i);
    return `<tr><th>${dimension}</th><td>${units[i]}</td>${cells.join('')}<td>${spread}</td></tr>`;
  });
  return `<div class="wide"><table>
<tr><th></th><th>unit</th>${head.join('')}<th>spread of the record</th></tr>
${rows.join('\n')}
</table></div>
<p class="detail">Errors of the executed row. The spread is the standard deviation of what was recorded: the
error (rms) of one who always says its mean.</p>`;
}

function rowPlots(names: readonly string[], overall: readonly OpenLoopFigures[]): string {
  const kinds = [
    ['position, mm', (row: OpenLoopFigures['rows'][number]) => row.positionM * 1000],
    ['rotation, °', (row: OpenLoopFigures['rows'][number]) => (row.rotationRad * 180) / Math.PI],
    ['gripper agreement, %', (row: OpenLoopFigures['rows'][number]) => row.gripperAgreement * 100],
  ] as const;
  const plots = kinds.map(([title, of]) =>
    linePlot({
      title,
      xLabel: 'row',
      lines: overall.map(({ rows }, i) => ({
        name: names[i]!,
        style: LINE_STYLES[i]!,
        points: rows.map((row) => [row.row, of(row)] as const),
      })),
      yRange: title.startsWith('gripper') ? [0, 100] : [0, 0],
    }),
  );
  return plots.join('\n');
}

function episodeSection(
  episode: OpenLoopEpisode,
  pictures: PlanPictures | undefined,
  names: readonly string[],
  tickSec: number,
): string {
  const { bag, success, notes, source, models } = episode;
  const { instruction } = models[0]!.prediction;
  const verdict = { true: 'solved', false: 'not solved', unknown: undefined }[success];
  const tone = success === 'false' ? ' class="bad"' : '';
  const keys = [
    { name: 'recorded', style: 'recorded' } as const,
    ...names.map((name, i) => ({ name, style: LINE_STYLES[i]! })),
  ];
  const notices = models.flatMap(({ prediction }) => prediction.notices);
  return `<section${tone}>
  <h2>“${escapeHtml(instruction)}”${verdict ? ` <span class="verdict">${verdict}</span>` : ''}</h2>
  ${pictures ? figures(pictures, instruction) : ''}
  ${plotKey(keys)}
  <div class="plots">${actionPlots(episode, tickSec)}</div>
  <p class="detail">${escapeHtml(shortName(bag))} · recorded actions from ${SOURCES[source]}${
    notes ? ` · ${escapeHtml(notes)}` : ''
  }</p>
  ${models.map(({ commands }, i) => commandLine(names[i]!, commands)).join('\n')}
  ${[...new Set(notices)].map((one) => `<p class="detail">${escapeHtml(one)}</p>`).join('\n')}
</section>`;
}

function figures({ film, stills }: PlanPictures, instruction: string): string {
  const data = (type: string, bytes: Uint8Array) =>
    `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
  const alt = escapeHtml(instruction);
  return `<div class="film">
<figure><img src="${data('image/webp', film)}" alt="the plans for: ${alt}"><figcaption>the newest plan, at double speed</figcaption></figure>
<figure><img src="${data('image/jpeg', stills)}" alt="moments of: ${alt}"><figcaption>from the beginning to the end</figcaption></figure>
</div>`;
}

function commandLine(name: string, commands: CommandErrors | undefined): string {
  if (!commands || commands.compared === 0) return '';
  const joints = commands.joints.map(
    (joint) => `${escapeHtml(joint.name)} ${joint.mean.toFixed(3)} (${joint.largest.toFixed(3)})`,
  );
  return `<p class="detail">commands of ${escapeHtml(name)}, mean (largest) difference in rad or m over
${commands.compared} periods: ${joints.join(' · ')}</p>`;
}

function leftOut(bag: string, reason: string): string {
  return `<section class="bad"><h2>${escapeHtml(shortName(bag))} <span class="verdict">left out</span></h2>
<pre>${escapeHtml(reason)}</pre></section>`;
}

const STYLE = `
header .figures { margin-bottom: 0.6rem; border-left-width: 5px; }
.of-first { border-left-color: var(--first) !important; }
.of-second { border-left-color: var(--second) !important; }
.film { display: grid; grid-template-columns: minmax(14rem, 1fr) minmax(16rem, 2fr); gap: 0.8rem;
  align-items: start; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: 0.25rem 0.9rem 0.25rem 0; border-bottom: 1px solid var(--line); }
pre { white-space: pre-wrap; margin: 0; color: var(--soft); font-size: 0.85rem; }
`;

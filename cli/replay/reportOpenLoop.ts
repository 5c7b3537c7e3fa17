import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import type { Provenance } from '../../lab/provenance.ts';
import { type OpenLoopOptions, openLoop } from '../../lab/openLoop/openLoop.ts';
import { openLoopPage } from '../../lab/openLoop/openLoopPage.ts';
import { openLoopResults } from '../../lab/openLoop/openLoopResults.ts';
import { openLoopTable } from '../../lab/openLoop/openLoopTable.ts';
import { planPictures } from '../../lab/openLoop/planPictures.ts';
import { print } from '../../adapters/terminal/print.ts';
import { ProgressLine } from '../../adapters/terminal/ProgressLine.ts';

/** Writes `index.html`, which holds all that it shows, and `results.json`; prints a table. */
export async function reportOpenLoop(
  options: OpenLoopOptions & { readonly reportFolder: string },
  from: Provenance,
): Promise<void> {
  const { reportFolder, settings } = options;
  const line = new ProgressLine({ unit: 'predictions started' });
  const report = await openLoop(options, (text) => line.add(1, text));
  line.end();
  const { modelNames } = report;
  const { tickSec } = embodimentByName(settings.robot);
  const pictures = [];
  for (const episode of report.episodes) {
    pictures.push(await planPictures(episode, { modelNames, tickSec }));
  }
  await mkdir(reportFolder, { recursive: true });
  const page = join(reportFolder, 'index.html');
  await writeFile(page, openLoopPage({ report, pictures, tickSec, from }));
  const results = openLoopResults(report, options, from);
  await writeFile(join(reportFolder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  print(`${openLoopTable(report)}report: ${page}\n`);
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import type { Provenance } from '../provenance.ts';
import { type OpenLoopArguments, openLoop } from './openLoop.ts';
import { openLoopPage } from './openLoopPage.ts';
import { openLoopResults } from './openLoopResults.ts';
import { openLoopTable } from './openLoopTable.ts';
import { planPictures } from './planPictures.ts';
import { print, printError } from '../print.ts';

/** Writes `index.html`, which holds all that it shows, and `results.json`; prints a table. */
export async function reportOpenLoop(
  options: OpenLoopArguments & { readonly reportFolder: string },
  from: Provenance,
): Promise<void> {
  const { reportFolder, settings } = options;
  const report = await openLoop(options, (text) => printError(`${text}\n`));
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

import { existsSync } from 'node:fs';
import { findBags } from '../../adapters/bags/findBags.ts';
import { DatasetReader } from '../../adapters/lerobot/DatasetReader.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { BagExport } from '../../lab/lerobot/exportBags.ts';
import { importEpisode } from '../../lab/lerobot/importEpisodes.ts';
import { EXIT_REFUSED } from '../arguments/runCommand.ts';
import type { LerobotCommand } from './lerobotArguments.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

type ExportCommand = Extract<LerobotCommand, { kind: 'export' }>;
type ImportCommand = Extract<LerobotCommand, { kind: 'import' }>;

const EXIT_DONE = 0;
const EXIT_PARTLY = 1;

/** `st4vla lerobot export|import …`; resolves to the exit code. */
export async function run(command: LerobotCommand): Promise<number> {
  try {
    return await (command.kind === 'export' ? exportBags(command) : importDataset(command));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    printError(`st4vla lerobot: ${error.message}\n`);
    return EXIT_REFUSED;
  }
}

/** A bag that cannot be used is left out; one that turns out so half way ends the export. */
async function exportBags({ bags, robot, ...options }: ExportCommand): Promise<number> {
  if (existsSync(options.out)) throw new Error(`--out: ${options.out} is there already`);
  const embodiment = embodimentByName(robot);
  const urdf = parseUrdf(await readUrdf(embodiment));
  const target = new BagExport({ ...options, embodiment, urdf });
  const paths: string[] = [];
  for (const path of bags) paths.push(...(await findBags(path)));
  let code = EXIT_DONE;
  for (const path of paths) {
    try {
      const { bag, frames, source, notices } = await target.add(path);
      print(`${bag}: ${frames} frames, actions from ${source}\n`);
      for (const notice of notices) print(`  note: ${notice}\n`);
    } catch (error) {
      if (target.isBroken || !(error instanceof Error)) throw error;
      const named = error.message.includes(path) ? '' : `${path}: `;
      printError(`left out: ${named}${error.message}\n`);
      code = EXIT_PARTLY;
    }
  }
  const { episodes, frames } = await target.close();
  print(
    `${options.out}: ${episodes === 1 ? '1 episode' : `${episodes} episodes`}, ${frames} frames\n`,
  );
  return code;
}

async function importDataset(command: ImportCommand): Promise<number> {
  const dataset = await DatasetReader.open(command.dataset);
  const { episodes } = dataset;
  const last = episodes.length - 1;
  const unknown = [...(command.episodes ?? [])].filter((index) => index > last);
  if (unknown.length > 0) throw new Error(`--episodes: expected 0 to ${last}, found ${unknown[0]}`);
  const told = new Set<string>();
  let [imported, code] = [0, EXIT_DONE];
  for (const episode of episodes) {
    if (command.episodes?.has(episode.index) === false) continue;
    try {
      const { folder, frames, notices } = await importEpisode(dataset, episode, command);
      print(`${folder}: ${frames} frames\n`);
      for (const notice of notices.filter((one) => !told.has(one))) print(`  note: ${notice}\n`);
      for (const notice of notices) told.add(notice);
      imported += 1;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      printError(`left out: ${error.message}\n`);
      code = EXIT_PARTLY;
    }
  }
  if (imported === 0) throw new Error(`${command.dataset}: no episode could be imported`);
  return code;
}

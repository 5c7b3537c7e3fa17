import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePng } from '../../adapters/image/encodeImage.ts';
import { spawnForwarding } from '../launch/spawnForwarding.ts';
import { reportOpenLoop } from './reportOpenLoop.ts';
import { provenance } from '../../lab/provenance.ts';
import { differencePicture } from '../../lab/replay/differencePicture.ts';
import { replay, type ReplayResult } from '../../lab/replay/replay.ts';
import { EXIT_REFUSED } from '../arguments/runCommand.ts';
import type { ReplayCommand } from './replayArguments.ts';
import { replayReport } from '../../lab/replay/replayReport.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

const PLAYER = join(import.meta.dirname, '..', '..', 'nodes', 'player', 'main.js');

const EXIT_SAME = 0;
const EXIT_DIFFERENT = 1;

/** `st4vla replay BAG …`; resolves to the exit code. */
export async function run(command: ReplayCommand, given: readonly string[]): Promise<number> {
  if (command.kind === 'play') {
    return spawnForwarding(process.execPath, [PLAYER, '--ros-args', ...command.rosArguments]);
  }
  const from = provenance('replay', given);
  const { outFolder, reportFolder } = command;
  try {
    if (reportFolder !== undefined) {
      await reportOpenLoop({ ...command, reportFolder }, from);
      return EXIT_SAME;
    }
    const result = await replay(command);
    print(replayReport(result));
    if (outFolder !== undefined) {
      await writeResult(outFolder, result, from);
      print(`report: ${join(outFolder, 'replay.json')}\n`);
    }
    if (result.counts.observation === 0) {
      printError('st4vla replay: the bag gave no observation, so nothing was replayed\n');
      return EXIT_DIFFERENT;
    }
    const { golden } = result;
    return golden.kind === 'compared' && golden.first ? EXIT_DIFFERENT : EXIT_SAME;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    printError(`st4vla replay: ${error.message}\n`);
    return EXIT_REFUSED;
  }
}

async function writeResult(
  folder: string,
  { golden, ...result }: ReplayResult,
  from: ReturnType<typeof provenance>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const first = golden.kind === 'compared' ? golden.first : undefined;
  const summary = { ...golden, ...(first && { first: first.difference }) };
  const document = { provenance: from, ...result, golden: summary };
  await writeFile(join(folder, 'replay.json'), `${JSON.stringify(document, null, 2)}\n`);
  const picture = first && differencePicture(first);
  if (picture) await writePng(picture, join(folder, 'difference.png'));
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePng } from '../../adapters/image/encodeImage.ts';
import { spawnForwarding } from '../launch/spawnForwarding.ts';
import { reportOpenLoop } from './reportOpenLoop.ts';
import { provenance } from '../../lab/provenance.ts';
import { differencePicture } from '../../lab/replay/differencePicture.ts';
import { parsePlayArguments } from './playArguments.ts';
import { replay, type ReplayResult } from '../../lab/replay/replay.ts';
import { parseReplayArguments, REPLAY_USAGE } from './replayArguments.ts';
import { replayReport } from '../../lab/replay/replayReport.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

const PLAYER = join(import.meta.dirname, '..', '..', 'nodes', 'player', 'main.js');

const EXIT_SAME = 0;
const EXIT_DIFFERENT = 1;
const EXIT_REFUSED = 2;

/** `st4vla replay BAG …`; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes('--ros') && !args.includes('--help')) return play(args);
  const parsed = parseReplayArguments(args);
  if (parsed.kind === 'help') {
    process.stdout.write(REPLAY_USAGE);
    return EXIT_SAME;
  }
  if (parsed.kind === 'faults') {
    printError(`st4vla replay: ${parsed.faults.join('\n               ')}\n`);
    return EXIT_REFUSED;
  }
  const from = provenance('replay', args);
  const { outFolder, reportFolder } = parsed.arguments;
  try {
    if (reportFolder !== undefined) {
      await reportOpenLoop({ ...parsed.arguments, reportFolder }, from);
      return EXIT_SAME;
    }
    const result = await replay(parsed.arguments);
    print(replayReport(result));
    if (outFolder !== undefined) {
      await writeResult(outFolder, result, from);
      print(`report: ${join(outFolder, 'replay.json')}\n`);
    }
    if (result.counts.observation === 0) {
      printError('st4vla replay: nothing could be replayed: no observation came about\n');
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

/** Plays the bag to live nodes. */
async function play(args: readonly string[]): Promise<number> {
  const parsed = parsePlayArguments(args);
  if (parsed.kind === 'run') {
    return spawnForwarding(process.execPath, [PLAYER, '--ros-args', ...parsed.rosArguments]);
  }
  printError(`st4vla replay --ros: ${parsed.fault}\n`);
  return EXIT_REFUSED;
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

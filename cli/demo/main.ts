import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { provenance } from '../../lab/provenance.ts';
import { isolate } from '../operator/joinGraph.ts';
import { LaunchedNodes } from '../operator/LaunchedNodes.ts';
import { DEMO_USAGE, type DemoArguments, parseDemoArguments } from './demoArguments.ts';
import { DemoDriver, type FinishedEpisode } from './DemoDriver.ts';
import { LiveView } from './LiveView.ts';
import { overallFigures, writeReport } from './writeReport.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

/** Of all episodes, so many have to succeed: three of four. */
const NEEDED_SHARE = 0.75;

const EXIT_INTERRUPTED = 130;

/** `st4vla demo …`; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parseDemoArguments(args);
  if (parsed.kind === 'help') {
    process.stdout.write(DEMO_USAGE);
    return 0;
  }
  if (parsed.kind === 'faults') {
    printError(`st4vla demo: ${parsed.faults.join('\n             ')}\n`);
    return 2;
  }
  const from = provenance('demo', args);
  const { outFolder } = parsed.arguments;
  try {
    const episodes = await runEpisodes(parsed.arguments);
    if (episodes === undefined) return EXIT_INTERRUPTED;
    const page = await writeReport(outFolder, episodes, from);
    return conclude(episodes, page);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    printError(`st4vla demo: ${error.message}\n`);
    printError(`the nodes' output: ${join(outFolder, 'nodes.log')}\n`);
    return 1;
  }
}

/** All episodes over ROS; undefined when Ctrl-C came first. */
async function runEpisodes(demo: DemoArguments): Promise<readonly FinishedEpisode[] | undefined> {
  const leaveDomain = await isolate();
  await mkdir(demo.outFolder, { recursive: true });
  const view = new LiveView(process.stdout);
  const driver = new DemoDriver(view, demo.embodiment);
  const nodes = new LaunchedNodes(
    'sim.launch.yaml',
    [`robot:=${demo.embodiment.name}`, `model:=${resolve(demo.model)}`, `seed:=${demo.seed}`],
    join(demo.outFolder, 'nodes.log'),
  );
  const interrupted = new Promise<undefined>((done) => {
    process.once('SIGINT', () => done(undefined));
    process.once('SIGTERM', () => done(undefined));
  });
  try {
    view.note('starting the ROS 2 nodes: simulator, perception, policy, controller');
    return await Promise.race([nodes.failure(), interrupted, drive(driver, view, demo)]);
  } finally {
    driver.stop();
    await nodes.stop();
    leaveDomain();
  }
}

async function drive(
  driver: DemoDriver,
  view: LiveView,
  { tasks, seed }: DemoArguments,
): Promise<readonly FinishedEpisode[]> {
  await driver.start((missing) => view.note(`waiting for ${missing.join(', ')}`));
  const finished: FinishedEpisode[] = [];
  for (const [i, task] of tasks.entries()) {
    const episode = await driver.runEpisode(task, seed, i + 1, tasks.length);
    const { success, instruction } = episode.record;
    view.note(`${success ? '✔' : '✘'} ${instruction}  ${success ? 'solved' : 'not solved'}`);
    finished.push(episode);
  }
  return finished;
}

function conclude(episodes: readonly FinishedEpisode[], page: string): number {
  const solved = episodes.filter(({ record }) => record.success).length;
  const { plannerHz, expertHz, delayTicks, planDelayTicks } = overallFigures(episodes);
  print(
    [
      '',
      `${solved} of ${episodes.length} tasks solved`,
      `planner ${plannerHz.toFixed(1)} Hz, expert ${expertHz.toFixed(1)} Hz, ` +
        `delay ${delayTicks} ticks (plans ${planDelayTicks})`,
      `report: ${pathToFileURL(resolve(page)).href}`,
      '',
    ].join('\n'),
  );
  return solved >= NEEDED_SHARE * episodes.length ? 0 : 1;
}

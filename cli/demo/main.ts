import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { provenance } from '../../lab/provenance.ts';
import { isolate } from '../operator/joinGraph.ts';
import { LaunchedNodes } from '../operator/LaunchedNodes.ts';
import { failed } from '../arguments/runCommand.ts';
import type { DemoArguments } from './demoArguments.ts';
import { DemoDriver, type FinishedEpisode } from './DemoDriver.ts';
import { LiveView } from './LiveView.ts';
import { overallFigures, writeReport } from './writeReport.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

/** The share of episodes that have to succeed. */
const NEEDED_SHARE = 0.75;

const EXIT_INTERRUPTED = 130;

/** `st4vla demo …`; resolves to the exit code. */
export async function run(args: DemoArguments, given: readonly string[]): Promise<number> {
  const from = provenance('demo', given);
  const { outFolder } = args;
  try {
    const episodes = await runEpisodes(args);
    if (episodes === undefined) return EXIT_INTERRUPTED;
    const page = await writeReport(outFolder, episodes, from);
    return conclude(episodes, page);
  } catch (error) {
    const code = failed('demo', error);
    printError(`the nodes' output: ${join(outFolder, 'nodes.log')}\n`);
    return code;
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

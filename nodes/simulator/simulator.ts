import { stateFolder } from '../../adapters/files/stateFolder.ts';
import { FaultError } from '../../core/config/Fault.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { taskNamesOf } from '../../sim/arms/simArms.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { HandDiagnostics } from '../shared/hands/HandDiagnostics.ts';
import type { Advertised, ManagedNode } from '../shared/node/ManagedNode.ts';
import { nodeKey } from '../shared/node/nodeKey.ts';
import { boundText } from '../../core/text/boundText.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { reliable } from '../shared/node/qos.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/node/runNode.ts';
import { watchOthers } from '../shared/hands/watchOthers.ts';
import { ArmInput } from './ArmInput.ts';
import { LiveWorld } from './LiveWorld.ts';
import { Pacer } from './Pacer.ts';
import { simulatorParameters } from './parameters.ts';
import { WorldClock } from './WorldClock.ts';

type Parameters = typeof simulatorParameters;

/** Period of control, joint states and the simulated clock. */
const STEP_SEC = 0.02;

/** Commands → a simulated arm at a table → camera images, joint states, the state of the episode. */
export const simulator: NodeDefinition<Parameters> = {
  name: 'simulator',
  parameters: simulatorParameters,
  create,
};

async function create(
  node: ManagedNode,
  parameters: NodeParameters<Parameters>,
): Promise<NodeBehaviour> {
  const config = parameters.current();
  const embodiment = embodimentByName(config.robot);
  const world = await SimWorld.create({ embodiment, urdfText: await readUrdf(embodiment) });
  const clock = new WorldClock({
    stepSec: STEP_SEC,
    realTimeFactor: config.realTimeFactor,
    isPublished: config.publishClock,
    systemNs: () => node.nowNs(),
  });
  const input = new ArmInput(node, embodiment, clock.updateSec, () => clock.updateNs(0));
  const tasks = taskNamesOf(embodiment);
  const firstTask = config.task === 'first' ? tasks[0]! : config.task;
  if (!tasks.includes(firstTask)) throw unknownTask(firstTask, tasks);
  const others = node.advertised.length;
  const live = new LiveWorld({ node, world, input, clock, imageRateHz: config.imageRate });
  const lookForOthers = watchForOthers(node, node.advertised.slice(others));
  serveEpisode(node, live, tasks);

  const hands = await lookForOthers;
  const handDiagnostics = new HandDiagnostics(node, hands);
  const pacer = new Pacer(STEP_SEC, config.realTimeFactor);
  const advance = () => {
    const nowMs = performance.now();
    // Two nodes that publish where the arm is would be worse than none.
    if (hands.conflict(nowMs) !== undefined) pacer.restart(nowMs);
    else live.advance(pacer.due(nowMs));
  };
  // By a clock of its own: simulated time cannot wait for itself.
  node.every(STEP_SEC / config.realTimeFactor, 'simulation step', advance, 'steady');
  return {
    configure: () => void live.reset(firstTask, BigInt(config.seed)),
    activate: () => pacer.restart(performance.now()),
    diagnostics: () => [
      realTimeDiagnostic(pacer, config.realTimeFactor, node.isActive),
      commandDiagnostic(input),
      handDiagnostics.diagnostic(),
    ],
    close: () => world.dispose(),
  };
}

/** Looks for another node that publishes what this one does. */
function watchForOthers(node: ManagedNode, advertised: readonly Advertised[]) {
  const place = stateFolder();
  return watchOthers(node, {
    meaning: 'another arm may be here',
    advertised,
    folder: place.kind === 'found' ? place.folder : undefined,
    key: nodeKey(process.env['ROS_DOMAIN_ID'], node.fullName, 'simulated'),
  });
}

/** Begins the episode with the first instruction, and resets it by the service `reset_episode`. */
function serveEpisode(node: ManagedNode, live: LiveWorld, tasks: readonly string[]): void {
  node.listenToAll('std_msgs/msg/String', 'instruction', () => live.begin());
  // Goals of `execute_task` are on no topic but in their plans.
  node.listenBytes('st4vla_ros/msg/SpatialPlan', 'plan', reliable(), () => live.begin());
  node.serve(
    'st4vla_ros/srv/ResetEpisode',
    'reset_episode',
    ({ task, seed }) =>
      tasks.includes(task)
        ? { success: true, message: '', instruction: live.reset(task, BigInt(seed)) }
        : refusal(`no task '${boundText(task, 80)}', expected one of ${tasks.join(', ')}`),
    refusal,
  );
}

function refusal(message: string) {
  return { success: false, message, instruction: '' };
}

function unknownTask(found: string, tasks: readonly string[]): FaultError {
  const expected = `first or one of ${tasks.join(', ')}`;
  return new FaultError('simulator', [{ source: 'parameters', field: 'task', expected, found }]);
}

function realTimeDiagnostic(pacer: Pacer, wanted: number, isActive: boolean) {
  const factor = pacer.realTimeFactor();
  const isSlow = isActive && factor !== undefined && factor < 0.95 * wanted;
  return {
    part: 'real time',
    level: isSlow ? 'warn' : 'ok',
    message: isSlow ? 'simulated time falls behind: this machine is too slow or busy' : '',
    values: {
      real_time_factor: factor?.toFixed(3) ?? 'not known yet',
      expected: wanted,
      lost_steps: pacer.lostSteps,
    },
  } as const;
}

function commandDiagnostic(input: ArmInput) {
  const { received, refused, lastRefusal, waiting } = input.counts;
  return {
    part: 'commands',
    level: refused > 0 || waiting ? 'warn' : 'ok',
    message: waiting
      ? 'after the reset no command near the arm has come: reset the controller, too'
      : lastRefusal,
    values: { received, refused, last_refusal: lastRefusal, waits_for_controller: waiting },
  } as const;
}

import { FaultError } from '../../core/config/Fault.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { taskNamesOf } from '../../sim/arms/simArms.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import { cameraInfoToMessage } from '../shared/messages/cameraInfo.ts';
import { jointSampleToMessage } from '../shared/messages/jointState.ts';
import { rgbImageToMessage } from '../shared/messages/observation.ts';
import { stampFromNs } from '../shared/messages/time.ts';
import { readUrdf } from '../shared/packageFiles.ts';
import { latched, reliable, sensorData } from '../shared/qos.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/runNode.ts';
import { ArmInput } from './ArmInput.ts';
import { Episode } from './Episode.ts';
import { Pacer } from './Pacer.ts';
import { simulatorParameters } from './parameters.ts';

type Parameters = typeof simulatorParameters;

/** Period of control, joint states and the simulated clock. */
const STEP_SEC = 0.02;
const STEP_NS = 20_000_000n;
/** What tells that something is to be done. */
const TELLING = [
  ['std_msgs/msg/String', 'instruction'],
  ['st4vla_ros/msg/SpatialPlan', 'plan'],
] as const;

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
  const episode = new Episode(world);
  const input = new ArmInput(node, embodiment);
  const pacer = new Pacer(STEP_SEC, config.realTimeFactor);
  const tasks = taskNamesOf(embodiment);
  const firstTask = config.task === 'first' ? tasks[0]! : config.task;
  if (!tasks.includes(firstTask)) throw unknownTask(firstTask, tasks);
  const { cameraName } = world.arm;
  const cameraFrame = `camera_${cameraName}_optical_frame`;
  const publishers = advertise(node, cameraName, config.publishClock);
  const pixels = new Uint8Array(world.camera.width * world.camera.height * 3);
  const imageNs = BigInt(Math.round(1e9 / config.imageRate));
  /** Goes on through resets, as a clock must. */
  let simulatedNs = 0n;
  let nextImageNs = 0n;

  const nowNs = () => (config.publishClock ? simulatedNs : node.nowNs());
  const publishEpisode = () => publishers.episode.publish(episode.message(nowNs()));
  const reset = (task: string, seed: bigint) => {
    const { instruction } = episode.reset(task, seed);
    input.reset();
    publishEpisode();
    return instruction;
  };
  const publishImage = () => {
    const { width, height, intrinsics } = world.camera;
    world.renderInto(pixels);
    // The world has stood still meanwhile: it is as true now as it was before.
    const stampNs = nowNs();
    const image = { width, height, data: pixels };
    publishers.image.publish(rgbImageToMessage(image, stampNs, cameraFrame));
    publishers.cameraInfo.publish(cameraInfoToMessage(intrinsics, stampNs, cameraFrame));
  };
  const step = () => {
    world.step(input.command, STEP_SEC);
    input.advance(STEP_SEC);
    simulatedNs += STEP_NS;
    publishers.clock?.publish({ clock: stampFromNs(simulatedNs) });
    const joints = { ...world.jointSample(), stampNs: nowNs() };
    publishers.joints.publish(jointSampleToMessage(joints));
    if (episode.update()) publishEpisode();
  };
  const advance = () => {
    for (let steps = pacer.due(performance.now()); steps > 0; steps--) step();
    if (simulatedNs < nextImageNs) return;
    nextImageNs = simulatedNs - nextImageNs > imageNs ? simulatedNs : nextImageNs + imageNs;
    publishImage();
  };

  // By a clock of its own: simulated time cannot wait for itself.
  node.every(STEP_SEC / config.realTimeFactor, 'simulation step', advance, 'steady');
  // Goals of `execute_task` are on no topic but in their plans.
  for (const [type, topic] of TELLING) {
    node.listenBytes(type, topic, reliable(), () => episode.begin());
  }
  node.serve(
    'st4vla_ros/srv/ResetEpisode',
    'reset_episode',
    ({ task, seed }) =>
      tasks.includes(task)
        ? { success: true, message: '', instruction: reset(task, BigInt(seed)) }
        : refusal(`no task '${task}', expected one of ${tasks.join(', ')}`),
    refusal,
  );

  return {
    configure: () => void reset(firstTask, BigInt(config.seed)),
    activate: () => pacer.restart(performance.now()),
    diagnostics: () => [
      realTimeDiagnostic(pacer, config.realTimeFactor, node.isActive),
      commandDiagnostic(input),
    ],
    close: () => world.dispose(),
  };
}

const refusal = (message: string) => ({ success: false, message, instruction: '' });

function unknownTask(found: string, tasks: readonly string[]): FaultError {
  const expected = `first or one of ${tasks.join(', ')}`;
  return new FaultError('simulator', [{ source: 'parameters', field: 'task', expected, found }]);
}

function advertise(node: ManagedNode, camera: string, withClock: boolean) {
  return {
    image: node.advertiseRaw('sensor_msgs/msg/Image', `camera/${camera}/image_raw`, sensorData()),
    cameraInfo: node.advertise(
      'sensor_msgs/msg/CameraInfo',
      `camera/${camera}/camera_info`,
      sensorData(),
    ),
    joints: node.advertiseRaw('sensor_msgs/msg/JointState', 'joint_states', reliable()),
    episode: node.advertise('st4vla_ros/msg/EpisodeState', 'episode_state', latched()),
    clock: withClock
      ? node.advertiseRaw('rosgraph_msgs/msg/Clock', '/clock', reliable(1))
      : undefined,
  };
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

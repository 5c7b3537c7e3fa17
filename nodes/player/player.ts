import { secondsOf } from '../../core/math/time.ts';
import { resolve } from 'node:path';
import type { MessageTypeClassName } from 'rclnodejs';
import { type BagReader, BagError, type BagTopic } from '../../adapters/bags/Bag.ts';
import { listing } from '../../adapters/bags/findTopics.ts';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import { readClocks } from '../../adapters/bags/readClocks.ts';
import { FaultError, formatFault, showValue } from '../../core/config/Fault.ts';
import { expectedName, isRosName } from '../../core/config/rosNames.ts';
import { clockOffset } from '../../core/replay/clockOffset.ts';
import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';
import { lackOf } from '../shared/node/interfaceTypes.ts';
import type { BytesPublisher, ManagedNode } from '../shared/node/ManagedNode.ts';
import { nsFromStamp, type Stamp, stampFromNs } from '../../adapters/messages/time.ts';
import { latched, reliable, sensorData } from '../shared/node/qos.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/node/runNode.ts';
import { DISCOVERY_MS } from '../shared/hands/watchOthers.ts';
import { BagCursor } from './BagCursor.ts';
import { BagPlayer, type BagPlayerOptions } from './BagPlayer.ts';
import { inStep } from './inStep.ts';
import { intruders } from './intruders.ts';
import { playerParameters } from './parameters.ts';
import { Playback } from './Playback.ts';
import { isLatched, playedTopics } from './playedTopics.ts';
import { transportHint } from './transportHint.ts';

type Parameters = typeof playerParameters;

/** Between two looks at the wall clock. */
const PERIOD_SEC = 0.005;
/** Between two looks at who else is there. */
const WATCH_SEC = 0.5;

/** What started this process. */
const launcher = process.ppid;

/** Unless it is gone: then the parent is another process, which has nothing to do with the launch. */
function endLaunch(): void {
  if (process.ppid === launcher) process.kill(launcher, 'SIGINT');
}

/** A bag → its topics and /clock, as fast as wanted. */
export const player: NodeDefinition<Parameters> = {
  name: 'player',
  parameters: playerParameters,
  create,
  // The parameters as they were given: they may be what is refused.
  refused: (node) => {
    const given = node.getParameterOverrides().find(({ name }) => name === 'end_launch');
    if (given?.value === true) endLaunch();
  },
};

async function create(
  node: ManagedNode,
  parameters: NodeParameters<Parameters>,
): Promise<NodeBehaviour> {
  const config = parameters.current();
  const bag = await openNamed(node, config.bag);
  for (const notice of bag.notices) node.getLogger().warn(notice);
  const topics = choose(node, bag, config.topics);
  requireStart(node, bag, config.start);
  const prefix = prefixOf(node, config.prefix);
  const publishers = new Map(topics.map((topic) => [topic.name, advertise(node, topic, prefix)]));
  const clock = node.advertiseRaw('rosgraph_msgs/msg/Clock', '/clock', reliable(1));
  const output: BagPlayerOptions = {
    cursor: new BagCursor({
      bag,
      topics: topics.map(({ name }) => name),
      latched: topics.filter(isLatched).map(({ name }) => name),
      offsetNs: await offsetOf(bag, topics),
    }),
    publish: (topic, bytes) => publishers.get(topic)!.publish(asBuffer(bytes)),
    publishClock: (timeNs) => clock.publish({ clock: stampFromNs(timeNs) }),
  };
  const hintAtTransports = transportHints(node, topics, prefix);
  const stepped = config.inStep ? inStep(node, config, topics, output) : undefined;
  const playback = new Playback(stepped?.player ?? new BagPlayer(output), {
    rate: () => parameters.current().rate,
    startSec: config.start,
    isPaused: config.startPaused,
    loop: config.loop,
    waitSec: config.wait,
    missing: () => {
      hintAtTransports();
      return [
        ...unheard(publishers).map((topic) => `a listener to ${prefix}${topic}`),
        ...(stepped?.missing(stepped.player.nowNs) ?? []),
      ];
    },
    missingAnswers: () => stepped?.answers.missing,
    log: (text) => node.getLogger().info(text),
    onEnd: () => {
      // Launch files of Humble know no `on_exit`.
      if (config.endLaunch) endLaunch();
      process.kill(process.pid, 'SIGTERM');
    },
  });
  node.every(PERIOD_SEC, 'playing', () => playback.update(performance.now()), 'steady');
  serve(node, playback, () => parameters.current().step);
  const intrusion = config.ontoLiveArm ? undefined : await watchIntruders(node, playback);

  return {
    diagnostics: () => [playback.diagnostic(), ...(intrusion?.() ?? [])],
    close: () => bag.close(),
  };
}

/**
 * Pauses when another node publishes or commands where the bag is played.
 * @returns its diagnostics
 * @throws FaultError if another node already does
 */
async function watchIntruders(node: ManagedNode, playback: Playback): Promise<() => Diagnostic[]> {
  await new Promise((resolve) => setTimeout(resolve, DISCOVERY_MS));
  const faults = intruders(node);
  if (faults.length > 0) throw new FaultError(node.fullName, faults);
  let reported = '';
  const look = () => {
    const words = intruders(node).map(formatFault).join('; ');
    if (words !== '' && words !== reported) {
      playback.pause();
      node.getLogger().error(`paused, until ~/resume: ${words}`);
    }
    reported = words;
  };
  node.every(WATCH_SEC, 'watch of others', look, 'steady');
  return () => [{ part: 'others', level: reported === '' ? 'ok' : 'error', message: reported }];
}

/** @throws FaultError where it is no namespace */
function prefixOf(node: ManagedNode, prefix: string): string {
  if (/^(\/[A-Za-z_]\w*)*$/.test(prefix)) return prefix;
  const expected =
    'an absolute namespace such as /replay, or an empty text for the names as recorded';
  const source = `parameters of ${node.fullName}`;
  throw new FaultError(node.fullName, [{ source, field: 'prefix', expected, found: prefix }]);
}

async function openNamed(node: ManagedNode, path: string): Promise<BagReader> {
  try {
    const bag = await openBag(resolve(path));
    if (bag.startNs !== undefined) return bag;
    throw new BagError(path, 'it has no messages');
  } catch (error) {
    if (!(error instanceof BagError)) throw error;
    const source = `parameters of ${node.fullName}`;
    const expected = 'a bag that can be read';
    throw new FaultError(node.fullName, [{ source, field: 'bag', expected, found: error.message }]);
  }
}

/** @returns a function that says, once, what to do about each camera whose other transport is listened to */
function transportHints(node: ManagedNode, topics: readonly BagTopic[], prefix: string) {
  const said = new Set<string>();
  const isHeard = (topic: string) => node.countSubscribers(topic) > 0;
  return () => {
    for (const { name, type } of topics) {
      const hint = transportHint({ name: prefix + name, type }, isHeard);
      if (hint === undefined || said.has(hint)) continue;
      said.add(hint);
      node.getLogger().warn(hint);
    }
  };
}

function unheard(publishers: ReadonlyMap<string, BytesPublisher>): string[] {
  return [...publishers].filter(([, one]) => !one.hasSubscribers()).map(([name]) => name);
}

/** @throws FaultError where the bag does not reach so far */
function requireStart(node: ManagedNode, { startNs, endNs }: BagReader, startSec: number): void {
  const lengthSec = secondsOf(endNs! - startNs!);
  if (startSec <= lengthSec) return;
  const expected = `0 to ${lengthSec.toFixed(2)} s, the length of the bag`;
  const source = `parameters of ${node.fullName}`;
  throw new FaultError(node.fullName, [{ source, field: 'start', expected, found: `${startSec}` }]);
}

/** The topics that are played, but for those that ROS 2 refuses or of whose type this ROS has nothing. */
function choose(node: ManagedNode, bag: BagReader, wanted: string): readonly BagTopic[] {
  const { played, missing } = playedTopics(bag.topics, wanted);
  const known = played.filter(({ name, type }) => {
    const lack = lackOf(type);
    const reason = !isRosName('topic', name)
      ? `expected ${expectedName('topic')}`
      : lack && `this ROS lacks ${lack}`;
    if (reason) node.getLogger().warn(`${showValue(name)} is left out: ${reason}`);
    return !reason;
  });
  if (missing.length === 0 && known.length > 0) return known;
  const expected = ['topics that can be played', ...listing(bag.topics)].join('\n');
  const found = missing.length > 0 ? missing.join(', ') : 'none';
  const source = `parameters of ${node.fullName}`;
  throw new FaultError(node.fullName, [{ source, field: 'topics', expected, found }]);
}

function advertise(node: ManagedNode, topic: BagTopic, prefix: string): BytesPublisher {
  const isImage = topic.type.startsWith('sensor_msgs/msg/') && topic.type.endsWith('Image');
  const qos = isLatched(topic) ? latched() : isImage ? sensorData() : reliable(50);
  return node.advertiseBytes(topic.type as MessageTypeClassName, prefix + topic.name, qos);
}

/** By the first messages of a topic that has stamps. */
async function offsetOf(bag: BagReader, topics: readonly BagTopic[]): Promise<bigint> {
  const stamped = topics.find(({ type }) => /JointState|Image$/.test(type));
  const decoding =
    stamped && messageDecoder<{ readonly header: { readonly stamp: Stamp } }>(stamped);
  if (!decoding?.ok) return 0n;
  const stampOf = (bytes: Uint8Array) => nsFromStamp(decoding.decode(bytes).header.stamp);
  return clockOffset(await readClocks(bag, stamped!.name, stampOf));
}

/** rclnodejs publishes bytes only from a Buffer that begins its memory. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(Uint8Array.from(bytes).buffer);
}

function serve(node: ManagedNode, playback: Playback, stepSec: () => number): void {
  const trigger = (name: string, act: () => string) =>
    node.serve(
      'std_srvs/srv/Trigger',
      name,
      () => ({ success: true, message: act() }),
      (message) => ({ success: false, message }),
    );
  trigger('~/pause', () => playback.pause());
  trigger('~/resume', () => playback.resume());
  trigger('~/step', () => playback.step(stepSec()));
  node.serve(
    'st4vla_ros/srv/Seek',
    '~/seek',
    ({ seconds }) => playback.seek(seconds),
    (message) => ({ accepted: false, message }),
  );
}

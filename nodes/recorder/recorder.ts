import { resolve } from 'node:path';
import type { MessageTypeClassName } from 'rclnodejs';
import { EpisodeRecorder } from '../../adapters/bags/EpisodeRecorder.ts';
import type { WrittenTopic } from '../../adapters/bags/formatBagMetadata.ts';
import { stringBytes } from '../../adapters/messages/stringBytes.ts';
import { knownDefinition } from '../../adapters/messages/knownDefinition.ts';
import { type Fault, FaultError } from '../../core/config/Fault.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';
import { lackOf } from '../shared/node/interfaceTypes.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { latched, reliable, sensorData } from '../shared/node/qos.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/node/runNode.ts';
import { EpisodeFollower } from './EpisodeFollower.ts';
import { JpegTap } from './JpegTap.ts';
import { recorderParameters } from './parameters.ts';
import { qosYaml, type RecordedTopic, recordedTopics } from './recordedTopics.ts';

type Parameters = typeof recorderParameters;

const MIB = 1 << 20;
const COMPRESSED = 'sensor_msgs/msg/CompressedImage';

/** Topics of the pipeline → bags, a folder for each episode. */
export const recorder: NodeDefinition<Parameters> = {
  name: 'recorder',
  parameters: recorderParameters,
  create,
};

function create(node: ManagedNode, parameters: NodeParameters<Parameters>): Promise<NodeBehaviour> {
  const config = parameters.current();
  const topics = knownTopics(node, config);
  const jpeg = new JpegTap(config.jpegQuality);
  const written = topics.map((topic) => writtenTopic(node, topic));
  const episodes = new EpisodeRecorder({
    folder: resolve(config.folder),
    topics: written,
    splitBytes: config.splitSize * MIB,
    splitSec: config.splitDuration,
    rosDistro: process.env['ROS_DISTRO'],
    maxPendingBytes: config.memory * MIB,
    snapshotSec: config.mode === 'snapshot' ? config.snapshotDuration : 0,
    snapshotMaxBytes: config.memory * MIB,
    onFault: (reason) => node.getLogger().error(reason),
    onNews: (text) => node.getLogger().info(text),
  });
  const follower = new EpisodeFollower(episodes, config.mode);
  for (const [i, topic] of topics.entries()) {
    tap(node, topic, jpeg, (bytes, nowNs) => {
      const message = { topic: written[i]!.name, logNs: nowNs, publishNs: nowNs, bytes };
      // What is latched is kept for the first episode, and begins none before its time.
      if (node.isActive) follower.follow(topic.name, message);
      else episodes.add(message);
    });
  }
  serve(node, episodes, follower);

  return Promise.resolve({
    activate: () => follower.activate(node.nowNs()),
    deactivate: () => void episodes.finish({ success: undefined, notes: '' }),
    diagnostics: () => [diagnostic(episodes, jpeg)],
    close: () => episodes.close(),
  });
}

/**
 * The topics of the parameters; a type that this ROS does not have is a fault as any other, unless
 * that of a sink which then cannot be there.
 */
function knownTopics(node: ManagedNode, config: Config<Parameters>): readonly RecordedTopic[] {
  const source = `parameters of ${node.fullName}`;
  const faults: Fault[] = [];
  const known: RecordedTopic[] = [];
  for (const topic of recordedTopics(config, source, faults)) {
    const { name, type, isOptional = false } = topic;
    const lack = lackOf(type) ?? (knownDefinition(type) ? undefined : `a .msg file of ${type}`);
    if (lack === undefined) known.push(topic);
    else if (isOptional) node.getLogger().info(`${name} is not recorded: this ROS has no ${type}`);
    else {
      const expected = `a type of the ROS that is sourced, which lacks ${lack}`;
      faults.push({ source, field: name, expected, found: type });
    }
  }
  if (faults.length > 0) throw new FaultError(node.fullName, faults);
  return known;
}

/** What a topic is called and is of in the bag. */
function writtenTopic(node: ManagedNode, topic: RecordedTopic): WrittenTopic {
  const { delivery, toJpeg = false } = topic;
  const type = toJpeg ? COMPRESSED : topic.type;
  return {
    name: `${node.resolveTopicName(topic.name)}${toJpeg ? '/compressed' : ''}`,
    type,
    definition: knownDefinition(type)!,
    qosProfiles: qosYaml(delivery),
    isLatched: delivery === 'latched',
  };
}

/** Listens to a topic. */
function tap(
  node: ManagedNode,
  { name, type, delivery, toJpeg = false }: RecordedTopic,
  jpeg: JpegTap,
  record: (bytes: Uint8Array, nowNs: bigint) => void,
): void {
  const take = async (bytes: Uint8Array): Promise<void> => {
    const nowNs = node.nowNs();
    if (!toJpeg) return record(bytes, nowNs);
    const converted = await jpeg.convert(bytes);
    if (converted) record(converted, nowNs);
  };
  // What is latched comes once, maybe before the node is active.
  const options = { whileInactive: delivery === 'latched' };
  // The recording has to show every instruction that the policy receives, with any QoS.
  if (name === 'instruction') {
    const takeText = ({ data }: { readonly data: string }) => take(stringBytes(data));
    node.listenToAll('std_msgs/msg/String', name, takeText, options);
    return;
  }
  const qos = { best_effort: sensorData, reliable: () => reliable(100), latched }[delivery]();
  node.listenBytes(type as MessageTypeClassName, name, qos, take, options);
}

function serve(node: ManagedNode, episodes: EpisodeRecorder, follower: EpisodeFollower): void {
  const trigger = (name: string, act: () => string | undefined, done: string) =>
    node.serve(
      'std_srvs/srv/Trigger',
      name,
      () => {
        const refusal = node.isActive ? act() : 'the node is not active';
        return { success: refusal === undefined, message: refusal ?? done };
      },
      (message) => ({ success: false, message }),
    );
  trigger(
    '~/start_episode',
    () => {
      episodes.begin('episode', node.nowNs());
      return undefined;
    },
    'an episode is being recorded',
  );
  trigger(
    '~/snapshot',
    () => (episodes.snapshot('on request') ? undefined : 'expected `mode: snapshot`'),
    'the last seconds are being written',
  );
  node.serve(
    'st4vla_ros/srv/FinishEpisode',
    '~/finish_episode',
    ({ success, notes }) => {
      const { folder } = episodes.figures;
      const accepted = follower.finish({ success, notes });
      return { accepted, message: accepted ? folder : 'no episode is being recorded' };
    },
    (message) => ({ accepted: false, message }),
  );
}

function diagnostic(episodes: EpisodeRecorder, jpeg: JpegTap): Diagnostic {
  const { folder, episodes: finished, messages, dropped, lastFault } = episodes.figures;
  const lost = dropped + jpeg.dropped;
  return {
    part: 'recording',
    level: lastFault !== '' ? 'error' : lost > 0 ? 'warn' : 'ok',
    message: lastFault !== '' ? lastFault : lost > 0 ? `${lost} messages were left out` : folder,
    values: {
      recording: episodes.isRecording,
      folder,
      messages,
      dropped: lost,
      finished_episodes: finished,
      last_fault: lastFault,
    },
  };
}

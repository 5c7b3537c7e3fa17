import type { BagTopic } from '../../adapters/bags/Bag.ts';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { FaultError } from '../../core/config/Fault.ts';
import { InstructionFollower } from '../../core/replay/InstructionFollower.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { MessageCodec } from '../../adapters/messages/MessageCodec.ts';
import { nsFromStamp, type Stamp } from '../../adapters/messages/time.ts';
import { type AnswersOverRos, answersOverRos } from './answersOverRos.ts';
import type { BagPlayerOptions } from './BagPlayer.ts';
import { InStepPlayer } from './InStepPlayer.ts';

type Stamped = { readonly header: { readonly stamp: Stamp } };

/**
 * A player that waits for the pipeline in the node's namespace.
 * @throws FaultError where it is not clear which frames the pipeline answers
 */
export function inStep(
  node: ManagedNode,
  config: { readonly primaryTopic: string; readonly answerWait: number },
  topics: readonly BagTopic[],
  output: BagPlayerOptions,
): Pick<AnswersOverRos, 'answers' | 'missing'> & { readonly player: InStepPlayer } {
  const frames = topics.filter(({ type }) => /^sensor_msgs\/msg\/(Compressed)?Image$/.test(type));
  const primary = choosePrimary(node.fullName, frames, config.primaryTopic);
  const decoding = messageDecoder<Stamped>(primary);
  if (!decoding.ok) throw fault(node.fullName, 'frames that can be read', decoding.reason);
  const { answers, missing, resetController, received } = answersOverRos(node, config.answerWait);
  const instructions = new MessageCodec('std_msgs/msg/String');
  const follower = new InstructionFollower();
  const player = new InStepPlayer({
    ...output,
    isNew: ({ bytes }) => follower.said(instructions.decode(bytes).data),
    forget: () => follower.forget(),
    kindOf: (topic) => {
      if (topic === primary.name) return 'primary';
      if (frames.some(({ name }) => name === topic)) return 'frame';
      return topic.endsWith('/instruction') ? 'instruction' : 'other';
    },
    stampOf: ({ bytes }) => nsFromStamp(decoding.decode(bytes).header.stamp),
    resetController,
    received,
    answered: (stampNs) => answers.toFrame(stampNs),
    stepped: (timeNs) => answers.toPeriod(timeNs),
  });
  return { player, answers, missing };
}

function choosePrimary(node: string, frames: readonly BagTopic[], wanted: string): BagTopic {
  const [only] = frames;
  if (wanted === '' && only && frames.length === 1) return only;
  const name = wanted.startsWith('/') ? wanted : `/${wanted}`;
  const chosen = frames.find((topic) => topic.name === name);
  if (chosen) return chosen;
  const names = frames.map((topic) => topic.name).join(', ');
  throw fault(
    node,
    `one of the cameras that are played: ${names || 'no camera is played'}`,
    wanted,
  );
}

function fault(node: string, expected: string, found: string): FaultError {
  const source = `parameters of ${node}`;
  return new FaultError(node, [{ source, field: 'primary_topic', expected, found }]);
}

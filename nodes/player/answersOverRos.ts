import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { nsFromStamp } from '../../adapters/messages/time.ts';
import { reliable, sensorData } from '../shared/node/qos.ts';
import { PipelineAnswers } from './PipelineAnswers.ts';

/** Who takes longer to answer is not there. */
const CALL_LIMIT_MS = 5000;

export type AnswersOverRos = {
  readonly answers: PipelineAnswers;
  /** What has to be there before the time may pass, and is not. */
  readonly missing: (nowNs: bigint) => string[];
  readonly resetController: () => Promise<void>;
  /** Resolves when perception has taken what was published before. */
  readonly received: () => Promise<void>;
};

/**
 * Listens to what perception, policy and controller answer in the node's namespace. Call it before
 * the node spins.
 */
export function answersOverRos(node: ManagedNode, modelSec: number): AnswersOverRos {
  const warn = (text: string) => node.getLogger().warn(text);
  const answers = new PipelineAnswers({ modelSec, log: warn });
  node.listenRaw('st4vla_ros/msg/Observation', 'observation', sensorData(), ({ header }) =>
    answers.observed(nsFromStamp(header.stamp)),
  );
  node.listenRaw('std_msgs/msg/Header', 'settled', reliable(), ({ frame_id, stamp }) => {
    if (frame_id === 'observation') answers.settled(nsFromStamp(stamp));
    else answers.stepped(nsFromStamp(stamp));
  });
  const absolute = (topic: string) => `${node.namespace().replace(/\/$/, '')}/${topic}`;
  const caller = (type: 'std_srvs/srv/Trigger' | 'lifecycle_msgs/srv/GetState', name: string) => {
    const client = node.createClient(type, name);
    return async () => {
      try {
        await client.sendRequestAsync({}, { timeout: CALL_LIMIT_MS });
      } catch (error) {
        warn(`no answer of ${name}: ${(error as Error).message}`);
      }
    };
  };
  return {
    answers,
    missing: (nowNs) => {
      const silent = ['observation', 'settled'].filter(
        (topic) => node.countPublishers(absolute(topic)) === 0,
      );
      if (silent.length > 0) answers.forgetReports();
      const parts = silent.map((topic) => `a publisher of ${topic}`);
      return answers.isKnown(nowNs) ? parts : [...parts, 'a controller that follows /clock'];
    },
    resetController: caller('std_srvs/srv/Trigger', 'controller/reset'),
    // A node answers services after it has taken the messages that came before.
    received: caller('lifecycle_msgs/srv/GetState', 'perception/get_state'),
  };
}

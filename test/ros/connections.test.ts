import assert from 'node:assert/strict';
import type { Json, Peer, Qos } from './Peer.ts';
import { type NodeProcess, RosSession } from './RosSession.ts';
import {
  controllerArguments,
  forwardChunk,
  given,
  perceptionArguments,
  policyArguments,
  streamJoints,
} from './widowx.ts';

const [HOLD_STARVED, STOPPED, FAULT] = [2, 4, 5];
const TEXT = 'std_msgs/msg/String';
const EVERY_QOS: readonly Qos[] = ['sensor', 'reliable', 'latched'];

describe('what comes with another QoS than is expected', () => {
  let session: RosSession;
  let peer: Peer;
  let controller: NodeProcess;
  let policy: NodeProcess;
  before(async () => {
    session = await RosSession.open();
    controller = session.startNode('controller', controllerArguments);
    policy = session.startNode('policy', policyArguments);
    session.startNode('perception', perceptionArguments);
    peer = await session.startPeer();
    await peer.watch('/execution_state', 'st4vla_ros/msg/ExecutionState');
    await peer.watch('/action_chunk', 'st4vla_ros/msg/ActionChunk');
    await peer.watchDiagnostics();
    await streamJoints(peer);
    await status(HOLD_STARVED);
    await session.until('the policy', () => peer.diagnostic('/policy: instruction'));
  });
  after(() => session.close());

  const status = (wanted: number): Promise<Json> =>
    session.until(`status ${wanted}`, () => {
      const last = peer.last('/execution_state');
      return last?.status === wanted && last;
    });
  const resume = async () => {
    await peer.call('/controller/resume', 'std_srvs/srv/Trigger');
    await status(HOLD_STARVED);
  };
  /** A publisher is found first by its listener, then the other way round: asked until it is heard. */
  const sayUntil = (
    topic: string,
    data: string,
    qos: Qos,
    heard: () => unknown,
  ): Promise<unknown> =>
    session.until(`${data} on ${topic}`, async () => {
      await peer.publish(topic, TEXT, { data }, qos);
      for (let i = 0; i < 10 && !heard(); i++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return heard();
    });
  const isStatus = (wanted: number) => () => peer.last('/execution_state')?.status === wanted;

  for (const qos of EVERY_QOS) {
    it(`stops the arm by a halt that is ${qos}`, async () => {
      await sayUntil('/halt', `halt ${qos}`, qos, isStatus(STOPPED));
      assert.equal(peer.last('/execution_state').reason, `halt ${qos}`);
      await resume();
    });

    it(`holds the arm by a driver fault that is ${qos}, until it is taken back`, async () => {
      await sayUntil('/driver_fault', `hot ${qos}`, qos, isStatus(FAULT));
      assert.match(peer.last('/execution_state').reason, new RegExp(`hot ${qos}`));
      await peer.publish('/driver_fault', TEXT, { data: '' }, qos);
      await session.until('to be resumed', async () => {
        await peer.call('/controller/resume', 'std_srvs/srv/Trigger');
        return isStatus(HOLD_STARVED)();
      });
    });

    it(`gives the policy an instruction that is ${qos}, once`, async () => {
      const sentence = `put the ${qos} one away`;
      const begun = () => policy.output().includes(sentence);
      await sayUntil('/instruction', sentence, qos, begun);
      await peer.publish('/instruction', TEXT, { data: `${sentence} now` }, qos);
      await session.until('the next', () => policy.output().includes(`${sentence} now`));
      const lines = policy.output().split('\n');
      const heard = lines.filter((line) => line.endsWith(`: ${sentence}`));
      assert.equal(heard.length, 1, policy.output());
      assert.equal(lines.filter((line) => line.endsWith(`: ${sentence} now`)).length, 1);
    });
  }

  it('is told by name where it cannot be heard, in the log and in the diagnostics', async () => {
    await status(HOLD_STARVED);
    peer.forget('/execution_state');
    await peer.publish('/action_chunk', 'st4vla_ros/msg/ActionChunk', forwardChunk(0), 'sensor');
    const gap = 'reliability: expected reliable, found best_effort';
    const text = `what /peer_of_test publishes on /action_chunk is not received: ${gap}`;
    const diagnostic = await session.until('the diagnostics', () => {
      const found = peer.diagnostic('/controller: connections');
      return found?.message.includes(text) && found;
    });
    assert.equal(diagnostic.level, 2);
    await session.until('the log', () => controller.output().includes(text));
    assert.equal(controller.output().split(text).length, 2, 'it is said once');
    const executed = peer.messages('/execution_state').filter(({ message }) => message.row >= 0);
    assert.deepEqual(executed, []);
  });

  it('names both publishers of joint states', async () => {
    const other = await session.startPeer('peer.py');
    await streamJoints(other);
    for (const node of ['controller', 'perception']) {
      const { level } = await session.until(`the diagnostics of ${node}`, () => {
        const found = peer.diagnostic(`/${node}: connections`);
        const both = '/joint_states: expected one publisher, found 2: /peer_of_test, /peer_of_test';
        return found?.message.includes(both) && found;
      });
      assert.ok(level >= 1);
    }
  });
});

describe('a clock that is published best effort, as by ros2 bag play', () => {
  let session: RosSession;
  beforeEach(async () => (session = await RosSession.open()));
  afterEach(() => session.close());

  for (const qos of ['sensor', 'reliable'] as const) {
    it(`is followed (${qos})`, async () => {
      session.startNode('perception', [...perceptionArguments, ...given('use_sim_time:=true')]);
      const peer = await session.startPeer();
      await peer.watchDiagnostics();
      const time = { clock: { sec: 1234, nanosec: 0 } };
      await peer.stream('/clock', 'rosgraph_msgs/msg/Clock', time, 20, qos);
      await session.until('simulated time', () => {
        return peer.last('/diagnostics')?.header.stamp.sec === 1234;
      });
    });
  }
});

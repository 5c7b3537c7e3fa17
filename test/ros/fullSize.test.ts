import assert from 'node:assert/strict';
import { join } from 'node:path';
import { printable } from '../../core/text/printable.ts';
import { childrenOf } from './childProcesses.ts';
import type { Peer } from './Peer.ts';
import { type NodeProcess, root, RosSession } from './RosSession.ts';
import {
  given,
  perceptionArgumentsFor,
  picture,
  policyArgumentsFor,
  streamJoints,
  streamPictures,
} from './widowx.ts';

const model = join(root, 'test', 'fixtures', 'full-size-tiny');

describe('a model of the full-size architecture, over ROS', () => {
  let session: RosSession;
  let peer: Peer;
  let policy: NodeProcess;
  before(async () => {
    session = await RosSession.open();
    peer = await session.startPeer();
    await peer.watchDiagnostics();
    await peer.watch('/plan', 'st4vla_ros/msg/SpatialPlan');
    await peer.watch('/action_chunk', 'st4vla_ros/msg/ActionChunk');
    const perception = perceptionArgumentsFor('camera/front/image_raw', 'raw');
    session.startNode('perception', [...perception, ...given(`model:=${model}`)]);
    const provider = given('expert.execution_provider:=cuda');
    policy = session.startNode('policy', [...policyArgumentsFor(model), ...provider]);
    await streamJoints(peer);
    await streamPictures(peer, picture(90));
    await session.until('activity', () => peer.diagnostic('/policy: callbacks'));
    const data = 'put the spoon on the towel';
    await peer.publish('/instruction', 'std_msgs/msg/String', { data }, 'latched');
  });
  after(() => session.close());

  it('turns a camera and a sentence into chunks', async () => {
    const chunk = await session.until('a chunk', () => {
      const chunks = peer.messages('/action_chunk').map(({ message }) => message);
      return chunks.find(({ horizon }) => horizon > 0);
    });
    assert.deepEqual([chunk.horizon, chunk.dim, chunk.actions.length], [16, 7, 112]);
    assert.ok(chunk.actions.every(Number.isFinite));
    assert.ok(peer.last('/plan').plan_id >= chunk.plan_id);
  });

  it('answers who asks, if only in words without places', async () => {
    const type = 'st4vla_ros/srv/AskSpatial';
    const { plan, tokens, latency } = await peer.call('/policy/ask_spatial', type, {
      kind: 'boxes',
    });
    assert.ok(tokens > 0 && latency > 0);
    assert.equal(plan.view, 'front');
    const { values } = await session.until('the diagnostic', () => {
      const found = peer.diagnostic('/policy: answers');
      return Number(found?.values.last_tokens) === tokens && found;
    });
    // Diagnostics are read in terminals: control characters are escaped there.
    assert.equal(values.last_text, printable(plan.raw_text, 1000));
  });

  it('goes on when a half of it dies, and tells of it', async () => {
    for (const { pid } of await childrenOf(policy.process.pid!)) process.kill(pid, 'SIGKILL');
    const story = / has ended \(SIGKILL\) and is started again$/;
    await session.until('the diagnostic', () => {
      const found = peer.diagnostic('/policy: model');
      return Number(found?.values.deaths) >= 2 && story.test(found.message);
    });
    assert.match(
      policy.output(),
      /the planner's process has ended \(SIGKILL\) and is started again/,
    );
    const before = peer.last('/action_chunk').plan_id;
    const isNewer = () => peer.last('/action_chunk').plan_id > before;
    await session.until('chunks of newer plans', isNewer);
  });

  it('says what computes, and why where it is not what was asked for', () => {
    const { values } = peer.diagnostic('/policy: model');
    assert.equal(values.planner_provider, 'cpu');
    // A machine that has CUDA uses it.
    if (values.expert_provider === 'cuda') return;
    assert.equal(values.expert_provider, 'cpu');
    assert.match(policy.output(), /the expert runs on cpu, not cuda: .*\(there is: cpu/s);
  });
});

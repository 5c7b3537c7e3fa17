import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type NodeProcess, RosSession, root } from './RosSession.ts';
import type { Peer } from './Peer.ts';
import { given } from './widowx.ts';

describe('a node whose callbacks throw', () => {
  let session: RosSession;
  let peer: Peer;
  let node: NodeProcess;
  before(async () => {
    session = await RosSession.open();
    node = session.startScript(
      join(root, 'dist', 'test', 'ros', 'throwingNode.js'),
      given('diagnostics_period:=0.1'),
    );
    peer = await session.startPeer();
    await peer.watchDiagnostics();
  });
  after(() => session.close());

  it('lives, counts what was thrown and says what it was', async () => {
    const answer = await peer.call('/ask', 'std_srvs/srv/Trigger');
    assert.deepEqual(answer, { success: false, message: 'ask failed' });
    for (const topic of ['/poke', '/poke_later']) {
      await session.until('a subscriber', async () => (await peer.subscribers(topic)) > 0);
      await peer.publish(topic, 'std_msgs/msg/String', { data: 'x' });
    }
    const { level, values } = await session.until('the diagnostics', () => {
      const found = peer.diagnostic('/throwing: callbacks');
      return found !== undefined && Object.keys(found.values).length >= 5 && found;
    });
    assert.equal(level, 2);
    assert.match(values.tick, /^\d+: tick failed$/);
    assert.equal(values['service ask'], '1: ask failed');
    assert.equal(values['subscription of poke'], '1: poke failed');
    assert.equal(values['subscription of poke_later'], '1: poke later failed');
    assert.match(node.output(), /exception in tick \(1 so far\): Error: tick failed\n +at /);
    assert.equal(node.process.exitCode, null);
  });

  it('ends with 0 when it is told to', async () => {
    node.process.kill('SIGINT');
    assert.equal(await node.ended, 0);
  });
});

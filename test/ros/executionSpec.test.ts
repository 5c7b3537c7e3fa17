import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Json, Peer } from './Peer.ts';
import { RosSession, root } from './RosSession.ts';
import { given } from './widowx.ts';

const configFile = join(root, 'config', 'google_robot.yaml');
const ASKED = {
  model: 'nano-google_robot',
  'queue.mode': 'receding',
  'queue.ensemble_horizon': '1',
  'queue.ensemble_alpha': '0.1',
  'queue.execution_horizon': '1',
  gripper_hold: '0',
};

describe('Google Robot and its model, with the config file', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    const configured = ['--params-file', configFile, ...given('diagnostics_period:=0.2')];
    for (const node of ['simulator', 'perception', 'policy']) session.startNode(node, configured);
    session.startNode('controller', [...configured, ...given('stale_after:=1.0')]);
    const other = [...configured, ...given('gripper_hold:=10', 'queue.ensemble_horizon:=7')];
    session.startNode('controller', [...other, '-r', '__ns:=/other']);
    session.startNode('controller', [
      ...given('robot:=google_robot', 'sink:=joint_trajectory', 'diagnostics_period:=0.2'),
      '-r',
      '__ns:=/modelless',
      '-r',
      'execution_spec:=/execution_spec',
    ]);
    peer = await session.startPeer();
    await peer.watchDiagnostics();
    await peer.watch('/execution_state', 'st4vla_ros/msg/ExecutionState');
  });
  after(() => session.close());

  const execution = (node: string): Promise<Json> =>
    session.until(`diagnostics of ${node}`, () => {
      return peer.diagnostic(`${node}: execution of chunks`);
    });
  const parameters = async (node: string, ...names: string[]): Promise<unknown[]> => {
    const type = 'rcl_interfaces/srv/GetParameters';
    const { values } = await peer.call(`${node}/get_parameters`, type, { names });
    return values.map((one: Json) => one.string_value || one.integer_value);
  };

  it('executes its chunks as its manifest asks, and says so', async () => {
    const { level, message, values } = await session.until('the policy', async () => {
      const found = await execution('/controller');
      return found.values.model_of_policy === ASKED.model && found;
    });
    assert.deepEqual([level, message], [0, '']);
    assert.deepEqual(values, { ...ASKED, model_of_policy: ASKED.model });
    const names = ['queue.mode', 'queue.ensemble_horizon', 'gripper_hold'];
    assert.deepEqual(await parameters('/controller', ...names), ['receding', 1, 0]);
  });

  it('says what parameters make of it', async () => {
    const { level, message } = await execution('/other/controller');
    const text =
      'not as nano-google_robot asks: queue.mode is ensemble in place of receding, ' +
      'queue.ensemble_horizon is 7 in place of 1, gripper_hold is 10 in place of 0';
    assert.deepEqual([level, message], [1, text]);
  });

  it('says where a controller without a model does not what the policy asks', async () => {
    const { message, values } = await session.until('the policy', async () => {
      const found = await execution('/modelless/controller');
      return found.values.model_of_policy !== '' && found;
    });
    assert.equal(values.model, '');
    assert.match(message, /^not as nano-google_robot asks: queue.mode is ensemble in place of/);
  });

  it('moves the arm by the newest chunk at each tick', async () => {
    const sentence = { data: 'pick coke can' };
    await peer.publish('/instruction', 'std_msgs/msg/String', sentence, 'latched');
    await session.until('ticks', () => peer.last('/execution_state')?.ticks_consumed >= 12);
    const acting = peer
      .messages('/execution_state')
      .filter(({ message }) => message.status === 0 || message.status === 3);
    assert.ok(acting.length > 30, `${acting.length}`);
    // An ensemble, or more rows of one chunk, would show higher rows with a policy that keeps up.
    const rows = acting.map(({ message }) => message.row as number).toSorted((a, b) => a - b);
    assert.ok(rows[Math.floor(rows.length / 2)]! <= 2, rows.join(' '));
  });
});

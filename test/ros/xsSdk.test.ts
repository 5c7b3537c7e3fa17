import assert from 'node:assert/strict';
import type { Json, Peer } from './Peer.ts';
import { type NodeProcess, RosSession } from './RosSession.ts';
import { ARM_JOINTS, HOME, controllerArgumentsFor, forwardChunk, given } from './widowx.ts';

const [RUNNING, HOLD_STALE, HOLD_STARVED, STOPPED] = [0, 1, 2, 4];
const STATE = '/wx250s/execution_state';
/** As the motors' gearboxes stand, not as the arm is built. */
const DRIVER_ORDER = ARM_JOINTS.toReversed();
const PERIOD_SEC = 0.02;
/** Of the WidowX, rad/s². */
const ACCELERATION = [40, 40, 40, 60, 60, 60];
const inNamespace = ['-r', '__ns:=/wx250s'];

describe('controller with sink xs_sdk, and a driver in rclpy', () => {
  let session: RosSession;
  let peer: Peer;
  let driver: Peer | undefined;
  let node: NodeProcess | undefined;
  beforeEach(async () => {
    session = await RosSession.open({ withRobots: true });
    peer = await session.startPeer();
    await peer.watch(STATE, 'st4vla_ros/msg/ExecutionState');
    await peer.watchDiagnostics();
  });
  afterEach(async () => {
    // The driver answers while the controller gives it back.
    if (node?.process.exitCode === null) node.process.kill('SIGTERM');
    await node?.ended;
    await session.close();
    node = driver = undefined;
  });

  const startDriver = async (options: Json = {}): Promise<Peer> =>
    (driver = await session.startPeer(
      'xs_driver.py',
      JSON.stringify({ namespace: '/wx250s', order: DRIVER_ORDER, ...options }),
    ));
  const startNode = (...parameters: string[]): NodeProcess =>
    (node = session.startNode('controller', [
      ...controllerArgumentsFor('xs_sdk'),
      ...given(...parameters),
      ...inNamespace,
    ]));
  const state = async (what: string, accept: (state: Json) => boolean): Promise<Json> => {
    try {
      return await session.until(what, () => {
        const last = peer.last(STATE);
        return last !== undefined && accept(last) && last;
      });
    } catch (error) {
      const found = [peer.last(STATE), peer.diagnostic('/wx250s/controller: xs_sdk')];
      const driven = await driver?.state().catch(String);
      throw new Error(`${what}: found ${JSON.stringify([...found, driven])}`, { cause: error });
    }
  };
  const ready = () => state('readiness', ({ status }) => status === HOLD_STARVED);
  const move = async (): Promise<void> => {
    const { epoch } = await ready();
    await peer.publish('/wx250s/action_chunk', 'st4vla_ros/msg/ActionChunk', forwardChunk(epoch));
    await state('motion', ({ status }) => status === RUNNING);
  };
  /** Positions of the arm as they were commanded, in the arm's order. */
  const commands = (): number[][] =>
    driver!
      .messages('joint_group')
      .map(({ message }) => ARM_JOINTS.map((name) => message.cmd[DRIVER_ORDER.indexOf(name)]));
  const settings = async (): Promise<Json> => {
    const { motors } = await driver!.state();
    const of = ({ mode, profile_type: type, Profile_Velocity: v, Profile_Acceleration: a }: Json) =>
      `${mode} ${type} ${v} ${a}`;
    return { arm: ARM_JOINTS.map((name) => of(motors[name])), gripper: of(motors.gripper) };
  };
  const all = (text: string): string[] => ARM_JOINTS.map(() => text);

  it('sets modes, profile and torque before it commands anything, and restores them', async () => {
    await startDriver({ torque: 0, mode: 'velocity', profile_type: 'velocity' });
    startNode();
    await ready();
    const before = await driver!.state();
    for (const motor of Object.values<Json>(before.motors)) {
      assert.equal(motor.Torque_Enable, 1);
      assert.equal(motor.torque_drops, 1);
    }
    assert.equal(before.motors.gripper.Goal_PWM, 250);
    assert.deepEqual(await settings(), {
      arm: all('position time 40 0'),
      gripper: 'linear_position time 40 0',
    });
    const first = await session.until('a command', () => commands()[0]);
    first.forEach((q, i) => assert.ok(Math.abs(q - HOME[i]!) < 1e-6, `${q}, home ${HOME[i]}`));
    const diagnostic = await session.until('a diagnostic', () => {
      const found = peer.diagnostic('/wx250s/controller: xs_sdk');
      return found?.level === 0 && found;
    });
    assert.equal(diagnostic.message, 'ready for streamed commands');
    const finger = await session.until('the gripper', () => driver!.last('joint_single'));
    assert.ok(Math.abs(finger.cmd - 2 * 0.037) < 1e-6);
    assert.equal(finger.name, 'gripper');

    node!.process.kill('SIGTERM');
    assert.equal(await node!.ended, 0, node!.output());
    const after = await driver!.state();
    assert.deepEqual(await settings(), {
      arm: all('velocity velocity 2000 300'),
      gripper: 'pwm velocity 2000 300',
    });
    for (const motor of Object.values<Json>(after.motors)) assert.equal(motor.Torque_Enable, 1);
    assert.equal(after.motors.gripper.Goal_PWM, 0);
    assert.match(node!.output(), /changing to position, time: the torque is off for a moment/);
    assert.match(node!.output(), /restored group arm: mode velocity, profile velocity/);
    assert.deepEqual(after.refused, []);
  });

  it('warns of a driver that knows narrower limits', async () => {
    await startDriver({ limits: { elbow: [-1, 1] } });
    startNode();
    await ready();
    const { level, message } = await session.until('the diagnostic', () => {
      const found = peer.diagnostic('/wx250s/controller: xs_sdk');
      return found?.message.includes('narrower') && found;
    });
    assert.equal(level, 1);
    assert.match(message, /: elbow -1\.000…1\.000$/);
  });

  it('leaves the torque on where only the profile is wrong', async () => {
    await startDriver();
    startNode();
    await ready();
    const { motors } = await driver!.state();
    assert.deepEqual((await settings()).arm, all('position time 40 0'));
    for (const name of ARM_JOINTS) assert.equal(motors[name].torque_drops, 0);
    node!.process.kill('SIGTERM');
    assert.equal(await node!.ended, 0, node!.output());
    assert.deepEqual((await settings()).arm, all('position time 2000 300'));
    assert.equal((await driver!.state()).motors.waist.torque_drops, 0);
  });

  it('moves the arm to where it commands it', async () => {
    await startDriver();
    startNode();
    await move();
    await state('the end of the chunk', ({ status }) => status === HOLD_STARVED);
    const last = await session.until('rest', () => {
      const [a, b] = commands().slice(-2);
      return a !== undefined && b !== undefined && a.every((q, i) => q === b[i]) && b;
    });
    assert.ok(
      last.some((q, i) => Math.abs(q - HOME[i]!) > 0.02),
      `${last.join(' ')}`,
    );
    await session.until('arrival', async () => {
      const { motors } = await driver!.state();
      return ARM_JOINTS.every((name, i) => Math.abs(motors[name].position - last[i]!) < 1e-3);
    });
    assert.deepEqual((await driver!.state()).refused, []);
  });

  it('brakes within the limits when it is ended in motion, then restores', async () => {
    await startDriver();
    startNode();
    await move();
    const moving = () => {
      const [a, b] = commands().slice(-2);
      return a !== undefined && b !== undefined && a.some((q, i) => Math.abs(q - b[i]!) > 2e-4);
    };
    await session.until('speed', moving);
    node!.process.kill('SIGTERM');
    assert.equal(await node!.ended, 0, node!.output());
    await session.until('restoring', async () => {
      return (await settings()).arm[0] === 'position time 2000 300';
    });
    const sent = commands();
    for (const [k, [a, b, c]] of windows(sent).entries()) {
      ACCELERATION.forEach((limit, i) => {
        const acceleration = (c[i]! - 2 * b[i]! + a[i]!) / PERIOD_SEC ** 2;
        // Commands are float32: an error of 2e-7 rad is 0.002 rad/s².
        assert.ok(Math.abs(acceleration) < limit + 0.01, `${acceleration} at ${k}, joint ${i}`);
      });
    }
    // Without speed at the end, since what was left of it could be braked in one period.
    const [a, b] = sent.slice(-2) as [number[], number[]];
    ACCELERATION.forEach((limit, i) => {
      assert.ok(Math.abs(b[i]! - a[i]!) <= 0.5 * limit * PERIOD_SEC ** 2 + 1e-6);
    });
  });

  it('takes trajectories as well', async () => {
    await startDriver();
    startNode('xs_sdk.command:=trajectory');
    await move();
    await state('the end of the chunk', ({ status }) => status === HOLD_STARVED);
    const target = await session.until('rest', () => {
      const points = driver!.last('joint_trajectory')?.points;
      const isAtRest = points?.[0].positions.every((q: number, i: number) => {
        return q === points[1].positions[i];
      });
      return isAtRest && (points[1].positions as number[]);
    });
    assert.ok(Math.abs(target[5]! - HOME[0]!) < 0.01, 'in the order of the driver');
    await session.until('arrival', async () => {
      const { motors } = await driver!.state();
      return DRIVER_ORDER.every((name, i) => Math.abs(motors[name].position - target[i]!) < 1e-3);
    });
  });

  it('waits for a driver, and for one that was started anew', async () => {
    startNode();
    const { reason } = await state(
      'the inhibition',
      (s) => s.status === STOPPED && s.reason !== '',
    );
    assert.match(reason, /^xs_sdk: no service get_robot_info, .*set_motor_registers$/);
    const diagnostic = await session.until('a diagnostic', () =>
      peer.diagnostic('/wx250s/controller: xs_sdk'),
    );
    assert.equal(diagnostic.level, 2);
    await startDriver({ torque: 0 });
    await ready();
    peer.forget(STATE);
    await driver!.close();
    await state('the loss', ({ status }) => status === HOLD_STALE);
    await session.until('the diagnostic', () => {
      const found = peer.diagnostic('/wx250s/controller: xs_sdk');
      return found?.message === 'the driver is silent';
    });
    const { message } = await peer.call('/wx250s/controller/stop', 'std_srvs/srv/Trigger');
    assert.match(message, /^stopped until/);
    await startDriver({ torque: 0, mode: 'pwm' });
    await session.until('a new set-up in spite of the stop', async () => {
      return (await settings()).arm[0] === 'position time 40 0';
    });
    await state('the stop', ({ reason: why }) => why === 'by the operator');
    await peer.call('/wx250s/controller/resume', 'std_srvs/srv/Trigger');
    await ready();
    const [first] = await session.until('a command', () => commands().length > 0 && commands());
    first!.forEach((q, i) => assert.ok(Math.abs(q - HOME[i]!) < 1e-6));
    assert.deepEqual((await settings()).arm, all('position time 40 0'));
  });

  it("gets along with Interbotix's simulation, which tells no torque", async () => {
    await startDriver({ simulated: true, mode: 'pwm' });
    startNode();
    await ready();
    assert.deepEqual(await settings(), {
      arm: all('position time 40 0'),
      gripper: 'linear_position time 40 0',
    });
    await session.until('commands', () => commands().length > 0);
  });

  it('does not switch the torque on where it must not', async () => {
    await startDriver({ torque: 0 });
    startNode('xs_sdk.enable_torque:=false');
    const { reason } = await state('the inhibition', (s) => /torque is off/.test(s.reason));
    assert.equal(reason, `xs_sdk: group arm: torque is off at ${DRIVER_ORDER.join(', ')}`);
    assert.deepEqual(commands(), []);
    await driver!.setTorque(true);
    await ready();
  });

  const unfit: [string, Json, string, RegExp][] = [
    ['has no such group', {}, 'xs_sdk.group:=legs', /^xs_sdk: the driver has no group "legs"$/],
    [
      'has other joints in the group',
      { order: ARM_JOINTS.slice(1) },
      'xs_sdk.group:=arm',
      /^xs_sdk: group arm: expected the joints waist, .*, found shoulder, elbow, /,
    ],
    [
      'answers but keeps its mode',
      { mode: 'pwm', stubborn: true },
      'xs_sdk.group:=arm',
      /^xs_sdk: group arm: expected mode position with profile time, found pwm with time$/,
    ],
  ];
  for (const [what, options, parameter, expected] of unfit) {
    it(`commands nothing to a driver that ${what}, and says why`, async () => {
      await startDriver(options);
      startNode(parameter);
      await state('the inhibition', (s) => s.status === STOPPED && expected.test(s.reason));
      assert.deepEqual(commands(), []);
    });
  }

  it('gives the driver back on cleanup', async () => {
    await startDriver();
    startNode();
    await ready();
    for (const id of [4, 2]) {
      const { success } = await peer.call(
        '/wx250s/controller/change_state',
        'lifecycle_msgs/srv/ChangeState',
        { transition: { id } },
      );
      assert.equal(success, true);
    }
    await session.until('restoring', async () => {
      return (await settings()).arm[0] === 'position time 2000 300';
    });
  });
});

function windows(sent: readonly number[][]): [number[], number[], number[]][] {
  return sent.slice(2).map((c, k) => [sent[k]!, sent[k + 1]!, c]);
}

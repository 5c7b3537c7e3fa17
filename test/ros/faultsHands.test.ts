import assert from 'node:assert/strict';
import { mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './childProcesses.ts';
import {
  ExecutionWatch,
  FAULT,
  HOLD_STARVED,
  STOPPED,
  type State,
} from './faults/ExecutionWatch.ts';
import { FaultTable } from './faults/FaultTable.ts';
import type { Json, Peer } from './Peer.ts';
import { type NodeProcess, RosSession, root } from './RosSession.ts';
import { ARM_JOINTS, HOME } from './widowx.ts';

const COMMANDS = '/arm_controller/joint_trajectory';
const TRAJECTORY = 'trajectory_msgs/msg/JointTrajectory';
const TRIGGER = 'std_srvs/srv/Trigger';
const GOALS = '/arm_controller/follow_joint_trajectory/_action/status';
const [EXECUTING, SUCCEEDED] = [2, 4];
const PARAMETERS = {
  robot: 'widowx',
  sink: 'joint_trajectory',
  diagnostics_period: 0.1,
  stale_after: 1.1,
  'following.delay': 0.3,
  'following.time': 0.3,
  'following.tolerance': [0.05],
};
const JOINTS = [...ARM_JOINTS, 'left_finger'];
const REST = [...HOME, 0.037];
const isStopped = ({ status }: State) => status === STOPPED;

describe('one hand on the arm, and what outlives a process', function () {
  this.timeout(120_000);
  const table = new FaultTable('hands');
  let folder: string;
  let session: RosSession;
  let peer: Peer;
  let watch: ExecutionWatch;
  let launch: NodeProcess;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'st4vla-hands-'));
    session = await RosSession.open();
    launch = startLaunch(session, folder);
    peer = await session.startPeer();
    watch = await ExecutionWatch.start(session, peer);
    await watch.until('a controller', Boolean);
    await watch.ready();
  });
  afterEach(async () => {
    await session.close();
    rmSync(folder, { recursive: true });
  });
  after(() => table.finish());

  const pids = (): number[] =>
    [...launch.output().matchAll(/controller-1 started \(pid (\d+)\)/g)].map(([, pid]) =>
      Number(pid),
    );
  const handSays = () => peer.diagnostic('/controller: one hand')?.message as string | undefined;
  const milliseconds = (sinceMs: number): string => `${Math.round(performance.now() - sinceMs)} ms`;
  /** Ends the controller; resolves once the launch has another one, with its first state. */
  const restart = async (signal: NodeJS.Signals): Promise<State> => {
    const pid = pids().at(-1)!;
    process.kill(pid, signal);
    await session.until('another process', () => pids().at(-1) !== pid);
    peer.forget('/execution_state');
    peer.forget(COMMANDS);
    return watch.until('its first state', Boolean);
  };
  /** The graph shows those who have ended without taking leave for some 20 s more. */
  const goesOn = async (): Promise<void> => {
    await watch.until('readiness', ({ status }) => status === HOLD_STARVED, 40_000);
    await watch.act();
  };

  it('another controller of the same name', async () => {
    await watch.act();
    const startMs = performance.now();
    const second = startLaunch(session, folder);
    await watch.until('the hold', isStopped);
    const measured = `${milliseconds(startMs)} after its launch was started`;
    const words = /another hand is on the arm: another \/controller publishes \/arm_controller/;
    await watch.until('its name', ({ reason }) => words.test(reason));
    await session.until('its log', () => second.output().includes('another /controller'));
    await session.until('the diagnostic', () => /another \/controller/.test(handSays() ?? ''));
    // Both are there, both have said why not, and neither says where the arm should be.
    peer.forget(COMMANDS);
    await watch.next(25);
    assert.equal(peer.messages(COMMANDS).length, 0);
    second.process.kill('SIGINT');
    await second.ended;
    await goesOn();
    table.add(
      {
        fault: 'a second controller of the same name',
        injected: 'the launch is started twice',
        reaction: 'both are held (STOPPED, with the other in the reason) and send nothing at rest',
        recovery: 'by itself when one of them has ended',
      },
      measured,
    );
  });

  it('another publisher of the commands', async () => {
    const other = await session.startPeer();
    await watch.act();
    const startMs = performance.now();
    await other.publish(COMMANDS, TRAJECTORY, { points: [{ positions: [] }] });
    await watch.until('the hold', isStopped);
    const measured = `${milliseconds(startMs)} after it was made`;
    // The middleware tells of a publisher some milliseconds before it tells whose it is.
    const words = /another hand is on the arm: \/peer_of_test publishes \/arm_controller/;
    await watch.until('its name', ({ reason }) => words.test(reason));
    await session.until('the diagnostic', () => /\/peer_of_test/.test(handSays() ?? ''));
    await other.close();
    await goesOn();
    await session.until('the end of the diagnostic', () => handSays() === '');
    table.add(
      {
        fault: 'another node publishes the commands',
        injected: 'a publisher of the topic of the sink',
        reaction: 'STOPPED, with its name in the reason; at rest nothing is sent',
        recovery: 'by itself when it is gone; some 20 s later where it was killed',
      },
      measured,
    );
  });

  it('a goal of follow_joint_trajectory that another client has given', async () => {
    await watch.act();
    const tell = (status: number) => {
      const goal = {
        goal_info: { goal_id: { uuid: Array.from({ length: 16 }, (_, i) => i) } },
        status,
      };
      return peer.publish(
        GOALS,
        'action_msgs/msg/GoalStatusArray',
        { status_list: [goal] },
        'latched',
      );
    };
    const startMs = performance.now();
    await tell(EXECUTING);
    const { reason } = await watch.until('the hold', isStopped);
    const measured = milliseconds(startMs);
    assert.match(reason, /a goal of \/arm_controller\/follow_joint_trajectory is being executed/);
    await tell(SUCCEEDED);
    await goesOn();
    table.add(
      {
        fault: 'MoveIt moves the arm',
        injected: 'a goal of `follow_joint_trajectory` beside the topic',
        reaction: 'STOPPED; at rest nothing is sent, which would end the goal',
        recovery: 'by itself when the goal has ended',
      },
      measured,
    );
  });

  it('a stop, and the controller is ended and started again', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL', 'SIGINT'] as const) {
      await watch.act();
      assert.match((await trigger(peer, 'stop')).message, /^stopped until ~\/resume, epoch \d+$/);
      const { status, reason } = await restart(signal);
      assert.deepEqual([status, reason], [STOPPED, 'by the operator'], signal);
      await watch.offer();
      assert.ok((await watch.next(25)).every(isStopped), signal);
      await trigger(peer, 'resume');
      await goesOn();
    }
    await restart('SIGTERM');
    await goesOn();
    table.add(
      {
        fault: 'a stopped controller ends, however it does',
        injected: '`~/stop`, then SIGTERM, SIGINT or SIGKILL',
        reaction: 'what is started in its place begins STOPPED, with the same reason',
        recovery: '`~/resume`',
      },
      'no command',
    );
  });

  it('a stop, and the launch is ended and started again', async () => {
    await watch.act();
    await trigger(peer, 'stop');
    launch.process.kill('SIGINT');
    await launch.ended;
    peer.forget('/execution_state');
    launch = startLaunch(session, folder);
    const { status } = await watch.until('a state', Boolean);
    assert.equal(status, STOPPED);
    assert.match(launch.output(), /begins stopped, since .* until ~\/resume: by the operator/);
    await trigger(peer, 'resume');
    await goesOn();
  });

  it('a fault, through lifecycle and restart', async () => {
    await watch.act(0.02);
    await peer.drive(JOINTS, REST, 50, { stuck: true });
    await watch.until('the fault', ({ status }) => status === FAULT);
    const { reason } = watch.last!;
    const change = (id: number) =>
      peer.call('/controller/change_state', 'lifecycle_msgs/srv/ChangeState', {
        transition: { id },
      });
    for (const transitions of [
      [4, 3], // deactivate, activate
      [4, 2, 1, 3], // deactivate, clean up, configure, activate
    ]) {
      for (const id of transitions) assert.ok((await change(id)).success, `transition ${id}`);
      peer.forget('/execution_state');
      const after = await watch.until('a state', Boolean);
      assert.deepEqual([after.status, after.reason], [FAULT, reason]);
    }
    const after = await restart('SIGKILL');
    assert.deepEqual([after.status, after.reason], [FAULT, reason]);
    await peer.drive(JOINTS, REST, 50);
    assert.ok((await watch.next(25)).every(({ status }) => status === FAULT));
    await trigger(peer, 'resume');
    await goesOn();
    table.add(
      {
        fault: 'a controller in FAULT ends, or is activated again',
        injected: 'the driver ignores commands, then SIGKILL, or deactivate and activate',
        reaction: 'FAULT from the beginning, with the same reason',
        recovery: '`~/resume`',
      },
      'no command',
    );
  });

  it('a reduced speed, and the controller is killed', async () => {
    const scale = async (): Promise<number> => {
      const request = { names: ['speed_scale'] };
      const type = 'rcl_interfaces/srv/GetParameters';
      const { values } = await peer.call('/controller/get_parameters', type, request);
      return values[0].double_value;
    };
    const setScale = async (value: number): Promise<void> => {
      const parameters = [{ name: 'speed_scale', value: { type: 3, double_value: value } }];
      const type = 'rcl_interfaces/srv/SetParameters';
      const { results } = await peer.call('/controller/set_parameters', type, { parameters });
      assert.deepEqual(results, [{ successful: true, reason: '' }]);
    };
    await setScale(0.1);
    await session.until('the memory', () => memory(peer)?.values.speed_scale === '0.1');
    await restart('SIGKILL');
    assert.equal(await scale(), 0.1);
    assert.match(
      launch.output(),
      /speed_scale is 0\.1, to which it was reduced .* not 1 as the param/,
    );
    await session.until('the diagnostic', () => /reduced to 0\.1/.test(memory(peer)?.message));
    await setScale(1);
    await session.until('the memory', () => memory(peer)?.values.speed_scale === '');
    await restart('SIGKILL');
    assert.equal(await scale(), 1);
    table.add(
      {
        fault: 'a controller whose speed was reduced ends',
        injected: '`speed_scale` 0.1, then SIGKILL',
        reaction: 'what is started in its place is as slow, whatever the parameters say',
        recovery: 'setting `speed_scale`',
      },
      '–',
    );
  });

  it('a stop that cannot be written down', async () => {
    const { stateFolder } = session;
    renameSync(stateFolder, `${stateFolder}-aside`);
    writeFileSync(stateFolder, '');
    const { success, message } = await trigger(peer, 'stop');
    assert.equal(success, true);
    assert.match(message, /^stopped until ~\/resume, epoch \d+; not remembered: .*ENOTDIR/);
    await watch.until('the stop', isStopped);
    await session.until('the diagnostic', () =>
      /would not know of the stop/.test(memory(peer)?.message),
    );
    await session.until('the log', () => launch.output().includes('would not know of the stop'));
    rmSync(stateFolder);
    renameSync(`${stateFolder}-aside`, stateFolder);
    await session.until('another attempt', () => memory(peer)?.level === 0);
    assert.equal((await restart('SIGKILL')).status, STOPPED);
    table.add(
      {
        fault: 'a stop cannot be remembered',
        injected: 'the folder of the state is gone',
        reaction: 'STOPPED; the answer of `~/stop`, the log and the diagnostics say so',
        recovery: 'it is tried again every second',
      },
      '–',
    );
  });

  it('a launch that is killed', async () => {
    await watch.act();
    const pid = pids().at(-1)!;
    const startMs = performance.now();
    launch.process.kill('SIGKILL');
    await session.until('the end of its node', () => !isAlive(pid));
    const measured = milliseconds(startMs);
    const { velocities } = watch.command;
    assert.ok(
      velocities.every((v) => v === 0),
      `the arm was left in motion: ${velocities.join()}`,
    );
    table.add(
      {
        fault: 'the launch is killed',
        injected: 'SIGKILL to `st4vla launch`',
        reaction: 'its nodes end; the controller brings the arm to rest first',
        recovery: 'starting it again',
      },
      measured,
    );
  });

  it('a launch of `ros2 launch`, which is the parent of its nodes, and is killed', async () => {
    // As ros2 launch starts them, with what launch files of this package set.
    const script =
      'const { spawn } = require("node:child_process"); spawn(process.execPath, process.argv.slice(1), { stdio: "inherit" }); setInterval(() => {}, 1000);';
    const main = join(root, 'dist', 'nodes', 'controller', 'main.js');
    const parent = session.startProgram(
      [
        process.execPath,
        '-e',
        script,
        main,
        '--ros-args',
        '-r',
        '__ns:=/other',
        '-p',
        'robot:=widowx',
        '-p',
        'sink:=forward_command',
      ],
      { ST4VLA_LAUNCHER: 'parent' },
    );
    await peer.watch('/other/heartbeat', 'st4vla_ros/msg/Heartbeat', 'reliable', ['pid']);
    const pid = await session.until('its node', () => peer.last('/other/heartbeat')?.pid as number);
    parent.process.kill('SIGKILL');
    await session.until('the end of its node', () => !isAlive(pid));
  });

  it('goes on alone where no launch started it', async () => {
    // A shell that ends: its node gets another parent, as one that is made a daemon.
    const main = join(root, 'dist', 'nodes', 'controller', 'main.js');
    session.startProgram(
      [
        'sh',
        '-c',
        '"$@" & sleep 1',
        'sh',
        process.execPath,
        main,
        '--ros-args',
        '-r',
        '__ns:=/alone',
        '-p',
        'robot:=widowx',
        '-p',
        'sink:=forward_command',
      ],
      { ST4VLA_LAUNCHER: undefined },
      openSync(join(folder, 'alone.log'), 'w'),
    );
    await peer.watch('/alone/heartbeat', 'st4vla_ros/msg/Heartbeat', 'reliable', ['pid']);
    const pid = await session.until('its node', () => peer.last('/alone/heartbeat')?.pid as number);
    const count = peer.messages('/alone/heartbeat').length;
    await session.until('two seconds', () => peer.messages('/alone/heartbeat').length > count + 10);
    assert.ok(isAlive(pid));
    process.kill(pid, 'SIGTERM');
    await session.until('its end', () => !isAlive(pid));
  });
});

/** A launch with a controller that is started again whenever it ends. */
function startLaunch(session: RosSession, folder: string): NodeProcess {
  const file = join(folder, 'controller.launch.yaml');
  const parameters = join(folder, 'controller.yaml');
  writeFileSync(parameters, JSON.stringify({ '/**': { ros__parameters: PARAMETERS } }));
  const param = [{ from: parameters }];
  const names = { pkg: 'st4vla_ros', exec: 'controller', name: 'controller', output: 'screen' };
  const node = { ...names, respawn: 'true', respawn_delay: 0.2, param };
  writeFileSync(file, JSON.stringify({ launch: [{ node }] }));
  const main = join(root, 'dist', 'cli', 'main.js');
  return session.startProgram([process.execPath, main, 'launch', file]);
}

async function trigger(peer: Peer, name: 'stop' | 'resume'): Promise<Json> {
  return peer.call(`/controller/${name}`, TRIGGER);
}

const memory = (peer: Peer): Json => peer.diagnostic('/controller: memory');

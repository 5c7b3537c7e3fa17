import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import {
  ExecutionWatch,
  HOLD_STARVED,
  STOPPED,
  type State,
  isActing,
} from './faults/ExecutionWatch.ts';
import { type FaultCase, FaultTable } from './faults/FaultTable.ts';
import { Injection } from './faults/Injection.ts';
import { type SmallDisk, smallDisk } from './faults/smallDisk.ts';
import type { Delivery, Peer } from './Peer.ts';
import { type NodeProcess, RosSession, root } from './RosSession.ts';
import { slowModel } from './slowModel.ts';
import { given, perceptionArguments, policyArgumentsFor, smallPicture } from './widowx.ts';

const MAX_BLIND_SEC = 1;
const PERIOD_SEC = 0.02;
const INSTRUCTION = 'std_msgs/msg/String';
const IMAGE = 'sensor_msgs/msg/Image';
const CAMERA = 'camera/front/image_raw';
const controllerArguments = given(
  'robot:=widowx',
  'sink:=joint_trajectory',
  'diagnostics_period:=0.1',
  'stale_after:=0.5',
  `max_blind:=${MAX_BLIND_SEC}.0`,
  // the driver in rclpy is slow where the machine is busy
  'following.delay:=3.0',
);
const isHeld = ({ status }: State): boolean => status === HOLD_STARVED;

describe('faults around the whole pipeline, between machines (UDP alone)', () => {
  const table = new FaultTable('pipeline');
  let machine: Injection;
  let policyMachine: Injection;
  let session: RosSession;
  let peer: Peer;
  let watch: ExecutionWatch;
  let policy: NodeProcess;
  let disk: SmallDisk;
  /** Its planner takes some tenths of a second. */
  let model: Awaited<ReturnType<typeof slowModel>>;
  before(async () => {
    machine = new Injection();
    policyMachine = new Injection();
    disk = smallDisk();
    model = await slowModel();
    const profile = join(root, 'test', 'ros', 'faults', 'udp.xml');
    session = await RosSession.open({
      extra: {
        ...machine.environment,
        FASTRTPS_DEFAULT_PROFILES_FILE: profile,
        FASTDDS_DEFAULT_PROFILES_FILE: profile,
      },
    });
    session.startNode('perception', perceptionArguments);
    session.startNode('controller', controllerArguments);
    policy = startPolicy();
    peer = await session.startPeer();
    watch = await ExecutionWatch.start(session, peer);
    await peer.watch('/observation', 'st4vla_ros/msg/Observation', 'sensor', [
      'header.stamp',
      'id',
    ]);
    await peer.watch('/action_chunk', 'st4vla_ros/msg/ActionChunk', 'reliable', [
      'header.stamp',
      'horizon',
      'epoch',
    ]);
    await peer.watch('/epoch', 'st4vla_ros/msg/Epoch', 'latched', ['header.stamp', 'epoch']);
    await stream();
    await watch.ready();
    await instruct();
  });
  after(async () => {
    await session.close();
    machine.close();
    policyMachine.close();
    disk.close();
    await model.dispose();
  });
  after(() => table.finish());

  const startPolicy = (): NodeProcess =>
    session.startNode(
      'policy',
      [...policyArgumentsFor(model.folder), ...given('planner.period:=1.0')],
      policyMachine.environment,
    );
  const stream = (how: Delivery = {}): Promise<void> =>
    peer.stream(CAMERA, IMAGE, smallPicture, 20, 'sensor', how);
  const instruct = (data = 'put the spoon on the towel'): Promise<number> =>
    peer.publish('/instruction', INSTRUCTION, { data }, 'latched');
  const acts = (): Promise<State> => watch.until('motion', isActing, 40_000);
  beforeEach(acts);

  /** Periods from when the arm has nothing left that it may execute, after the inputs ended. */
  const periodsOfStarving = async (): Promise<number> => {
    await watch.until('the hold', isHeld);
    const lastActing = watch.states.findLast(isActing)!;
    const lastRow = watch.states.find(
      (state) => state.ticks_consumed === lastActing.ticks_consumed && isActing(state),
    )!;
    assert.ok((lastRow.row + 1) * 0.2 <= MAX_BLIND_SEC + 1e-9, `row ${lastRow.row} was executed`);
    const dueSec = lastRow['header.stamp'] + 0.2 - PERIOD_SEC / 2;
    const isAtRest = (state: State) => !isActing(state);
    return watch.inTime(await watch.periodsUntil('the hold', dueSec, isAtRest));
  };
  const holdsWhen = (row: FaultCase, provoke: () => Promise<() => Promise<unknown>>): void => {
    it(row.fault, async () => {
      const cease = await provoke();
      const periods = await periodsOfStarving();
      await watch.isDiagnosed(/^HOLD_STARVED: no action for tick/);
      await cease();
      await acts();
      table.add(row, periods);
    });
  };
  const starves = 'HOLD_STARVED, at the latest `max_blind` after the last observation';

  holdsWhen(
    {
      fault: 'camera images stop',
      injected: 'the camera falls silent',
      reaction: starves,
      recovery: 'by itself with the next image',
    },
    async () => {
      await peer.unstream(CAMERA);
      return async () => {
        const found = () => peer.diagnostic('/perception: camera front');
        await session.until('the diagnostic', () => found()?.message === `${CAMERA}: no frames`);
        await stream();
      };
    },
  );

  holdsWhen(
    {
      fault: 'camera images come late',
      injected: 'stamps of 0.6 s before; `max_observation_age` 0.5',
      reaction: `the policy leaves them out: ${starves}`,
      recovery: 'by itself with the next one that is fresh',
    },
    async () => {
      await stream({ late: 0.6 });
      await session.until('the diagnostic', () =>
        /s old, expected at most 0\.5 s/.test(peer.diagnostic('/policy: observations')?.message),
      );
      return stream;
    },
  );

  for (const [fault, injected, how, refusal] of [
    ['camera images come twice', 'each is sent twice', { twice: true }, /came twice/],
    [
      'camera images come out of order',
      'every other one has a stamp of 70 ms before',
      { disorder: 0.07 },
      /is 0\.\d+ s older than the last one/,
    ],
  ] as const) {
    it(fault, async () => {
      peer.forget('/observation');
      await stream(how);
      await session.until('the refusal', () =>
        refusal.test(peer.diagnostic('/perception: observation')?.values.last_refusal),
      );
      const states = await watch.next(25);
      assert.ok(states.every(isActing), states.map(({ reason }) => reason).join('; '));
      const stamps = peer.messages('/observation').map(({ message }) => message['header.stamp']);
      assert.ok(stamps.length > 3);
      assert.deepEqual(
        stamps,
        [...new Set(stamps)].toSorted((a, b) => a - b),
      );
      await stream();
      const reaction = 'perception refuses what is not newer than the last one, and counts it';
      table.add({ fault, injected, reaction, recovery: '–' }, 'no hold');
    });
  }

  it('`~/stop` while the policy plans', async () => {
    const beganAt = await instruct('put the spoon on the plate');
    await watch.until('the new epoch', (state) => state['header.stamp'] > beganAt && isHeld(state));
    const isStopped = ({ status }: State) => status === STOPPED;
    const periods = await watch.stop();
    assert.ok((await watch.next(25)).every(isStopped));
    await watch.trigger('resume');
    table.add(
      {
        fault: '`~/stop` while the policy plans',
        injected: 'the service, right after an instruction',
        reaction: 'STOPPED; what was planned is discarded, and planned anew after `~/resume`',
        recovery: '`~/resume`',
      },
      periods,
    );
  });

  it('SIGTERM during inference', async () => {
    const { epoch } = await acts();
    policy.process.kill('SIGTERM');
    assert.equal(await policy.ended, 0);
    const announcement = await session.until('the announcement', () =>
      peer.messages('/epoch').find(({ message }) => message.epoch > epoch),
    );
    const sentSec = announcement.message['header.stamp'];
    const isDropped = (state: State) => state.epoch > epoch && state.leftover === 0;
    const periods = watch.inTime(await watch.periodsUntil('the end of it', sentSec, isDropped), [
      sentSec,
      announcement.at,
    ]);
    await watch.until('the hold', isHeld);
    policy = startPolicy();
    await acts();
    table.add(
      {
        fault: 'SIGTERM during inference',
        injected: 'SIGTERM to the policy',
        reaction:
          'it announces a new epoch and ends: the queue is dropped, the row under way ends at rest, HOLD_STARVED',
        recovery: 'when it is started again: the instruction is latched',
      },
      periods,
    );
  });

  holdsWhen(
    {
      fault: 'the network is partitioned',
      injected: 'what the policy sends and what is sent to it is lost',
      reaction: starves,
      recovery: 'by itself when messages arrive again',
    },
    async () => {
      policyMachine.cutOff(true);
      return () => Promise.resolve(policyMachine.cutOff(false));
    },
  );

  for (const jumpSec of [30, -30]) {
    const direction = jumpSec > 0 ? 'ahead' : 'back';
    it(`the system clock is set ${direction}`, async () => {
      const { epoch } = await acts();
      const before = watch.states.length;
      for (const one of [machine, policyMachine]) one.setClock(jumpSec > 0 ? jumpSec : 0);
      const isJump = (a: State, b: State) => Math.abs(b['header.stamp'] - a['header.stamp']) > 10;
      const jumpIndex = () => {
        const { states } = watch;
        const at = states.findIndex((state, i) => i >= before && isJump(states[i - 1]!, state));
        return at >= 0 ? at : undefined;
      };
      const jumped = await session.until('the jump', jumpIndex);
      await watch.until('a new epoch', (state) => state.epoch > epoch);
      const isDropped = (state: State) => state.epoch > epoch && state.leftover === 0;
      const droppedAfter = watch.states.slice(jumped).findIndex(isDropped);
      assert.ok(droppedAfter >= 0, 'what was queued is dropped');
      const periods = watch.inTime(1 + droppedAfter);
      await watch.until('motion', (state) => isActing(state) && state.epoch > epoch, 40_000);
      table.add(
        {
          fault: `the system clock is set ${direction}`,
          injected: '30 s, on all machines at once',
          reaction: 'what is queued is dropped (a new epoch), HOLD_STALE or HOLD_STARVED',
          recovery: 'by itself with the next joint states and chunk',
        },
        periods,
      );
    });
  }

  it('the disk is full while logging', async () => {
    const full = openSync('/dev/full', 'w');
    const rosArguments = [...controllerArguments, '-r', '__ns:=/full', '--log-level', 'debug'];
    const main = join(root, 'dist', 'nodes', 'controller', 'main.js');
    const command = [...disk.prefix, process.execPath, main, '--ros-args', ...rosArguments];
    const logging = session.startProgram(command, { ROS_LOG_DIR: disk.folder }, full);
    closeSync(full);
    await peer.watch('/full/execution_state', 'st4vla_ros/msg/ExecutionState');
    await session.until('its states', () => peer.last('/full/execution_state'));
    disk.fill();
    const before = peer.messages('/full/execution_state').length;
    await session.until(
      '50 more',
      () => peer.messages('/full/execution_state').length > before + 50,
    );
    assert.equal(logging.process.exitCode, null);
    logging.process.kill('SIGTERM');
    assert.equal(await logging.ended, 0);
    table.add(
      {
        fault: 'the disk is full while logging',
        injected: 'log folder on a full file system, output to /dev/full',
        reaction: 'lines are lost and nothing else',
        recovery: 'by itself when there is room',
      },
      'no hold',
    );
  });

  it('the disk is full while recording', async () => {
    const recorderArguments = given(
      `folder:=${join(disk.folder, 'recordings')}`,
      'mode:=always',
      'diagnostics_period:=0.1',
      `cameras.topics:=[${CAMERA}]`,
      'cameras.transports:=[raw]',
    );
    const main = join(root, 'dist', 'nodes', 'recorder', 'main.js');
    const recorder = session.startProgram([
      ...disk.prefix,
      process.execPath,
      main,
      '--ros-args',
      ...recorderArguments,
    ]);
    const found = () => peer.diagnostic('/recorder: recording');
    const said = await session.until('the fault', () => found()?.level === 2 && found());
    assert.match(said.message, disk.fault);
    const states = await watch.next(25);
    assert.ok(states.every(isActing), states.map(({ reason }) => reason).join('; '));
    recorder.process.kill('SIGTERM');
    assert.equal(await recorder.ended, 0);
    table.add(
      {
        fault: 'the disk is full while recording',
        injected: 'a file system of 256 KiB',
        reaction: 'the recording ends, what was written stays; the diagnostics say why',
        recovery: 'the next episode is recorded when there is room',
      },
      'no hold',
    );
  });
});

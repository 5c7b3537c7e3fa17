import assert from 'node:assert/strict';
import {
  ExecutionWatch,
  FAULT,
  HOLD_STALE,
  HOLD_STARVED,
  STOPPED,
  type State,
  isActing,
} from './faults/ExecutionWatch.ts';
import { type FaultCase, FaultTable } from './faults/FaultTable.ts';
import type { Peer } from './Peer.ts';
import { newestPoint } from './newestPoint.ts';
import { type NodeProcess, RosSession } from './RosSession.ts';
import { ARM_JOINTS, HOME, given } from './widowx.ts';

/** Of a process that does nothing any more: those that were under way. */
const MAX_COMMANDS = 2;
const STALE_AFTER_SEC = 0.5;
const MAX_BLIND_SEC = 2;
const DELAY_SEC = 0.8;
const TIME_SEC = 0.3;
const TOLERANCE_RAD = 0.05;
const TEXT = 'std_msgs/msg/String';
const controllerArguments = given(
  'robot:=widowx',
  'sink:=joint_trajectory',
  'diagnostics_period:=0.1',
  `stale_after:=${STALE_AFTER_SEC}`,
  `max_blind:=${MAX_BLIND_SEC}.0`,
  `following.tolerance:=[${TOLERANCE_RAD}]`,
  `following.delay:=${DELAY_SEC}`,
  `following.time:=${TIME_SEC}`,
);
const JOINTS = [...ARM_JOINTS, 'left_finger'];
const REST = [...HOME, 0.037];

describe('faults around a controller, with the driver of an arm in rclpy', () => {
  const table = new FaultTable('controller');
  let session: RosSession;
  let peer: Peer;
  let watch: ExecutionWatch;
  let node: NodeProcess;
  before(async () => {
    session = await RosSession.open();
    node = session.startNode('controller', controllerArguments);
    peer = await session.startPeer();
    watch = await ExecutionWatch.start(session, peer);
    const fields = ['header.stamp', 'position'];
    await peer.watch('/joint_states', 'sensor_msgs/msg/JointState', 'sensor', fields);
  });
  after(() => session.close());
  beforeEach(() => watch.ready());

  /** A case whose body resolves with the control periods from when a reaction was due. */
  const inTime = (row: FaultCase, measure: () => Promise<number>): void => {
    it(row.fault, async () => table.add(row, await measure()));
  };
  /** A case in which the arm is to go on; the body provokes it. */
  const unmoved = (row: FaultCase, provoke: () => Promise<void>): void => {
    it(row.fault, async () => {
      await watch.act();
      await provoke();
      const states = await watch.next(15);
      assert.ok(states.every(isActing), states.map(({ reason }) => reason).join('; '));
      table.add(row, 'no hold');
    });
  };

  inTime(
    {
      fault: 'joint states stop',
      injected: 'the driver falls silent',
      reaction: 'HOLD_STALE `stale_after` after the last one',
      recovery: 'by itself with the next one; from where the arm then is if it was moved',
    },
    async () => {
      await watch.act();
      await peer.unstream('/joint_states');
      await watch.until('the hold', ({ status }) => status === HOLD_STALE);
      const lastSec = peer.last('/joint_states')['header.stamp'];
      const periods = await watch.periodsUntil(
        'the hold',
        lastSec + STALE_AFTER_SEC,
        ({ status }) => status === HOLD_STALE,
      );
      await watch.isDiagnosed(/^HOLD_STALE: joint state is \d\.\d+ s old$/);
      assert.ok(watch.command.velocities.every((velocity) => velocity === 0));
      return watch.inTime(periods);
    },
  );

  inTime(
    {
      fault: 'joint states come late',
      injected: `stamps of 0.7 s before, \`stale_after\` ${STALE_AFTER_SEC}`,
      reaction: 'HOLD_STALE with the first one that is too old, or when none comes any more',
      recovery: 'by itself with the next one that is fresh',
    },
    async () => {
      await watch.act();
      await peer.drive(JOINTS, REST, 50, { late: 0.7 });
      await watch.until('the hold', ({ status }) => status === HOLD_STALE);
      const freshSec = peer
        .messages('/joint_states')
        .findLast(({ at, message }) => at - message['header.stamp'] < STALE_AFTER_SEC)!;
      const dueSec = freshSec.message['header.stamp'] + STALE_AFTER_SEC;
      await watch.isDiagnosed(/^HOLD_STALE: joint state is \d\.\d+ s old$/);
      const isHeld = ({ status }: State) => status === HOLD_STALE;
      return watch.inTime(await watch.periodsUntil('the hold', dueSec, isHeld));
    },
  );

  unmoved(
    {
      fault: 'joint states come twice',
      injected: 'each is sent twice',
      reaction: 'none: the second one says the same',
      recovery: '–',
    },
    () => peer.drive(JOINTS, REST, 50, { twice: true }),
  );

  unmoved(
    {
      fault: 'joint states come out of order',
      injected: 'every other one has a stamp of 30 ms before',
      reaction: 'what is older than the one before is refused and counted',
      recovery: '–',
    },
    async () => {
      await peer.drive(JOINTS, REST, 100, { disorder: 0.03 });
      await session.until('refusals', () => {
        const found = peer.diagnostic('/controller: joint states');
        return found?.values.last_refusal === 'joint state: older than the one before';
      });
      await watch.act();
    },
  );

  inTime(
    {
      fault: 'chunks stop',
      injected: `one chunk of 3.2 s and no other, \`max_blind\` ${MAX_BLIND_SEC} s`,
      reaction: 'HOLD_STARVED after the last row, or `max_blind` after the observation',
      recovery: 'by itself with the next chunk',
    },
    async () => {
      const { 'header.stamp': beganSec } = await watch.act();
      const isHeld = ({ status }: State) => status === HOLD_STARVED;
      // A tick ends when less than half a period of it is left.
      const dueSec = beganSec + MAX_BLIND_SEC - 0.01;
      const periods = await watch.periodsUntil('the hold', dueSec, isHeld);
      await watch.isDiagnosed(/^HOLD_STARVED: no action for tick \d+$/);
      return watch.inTime(periods);
    },
  );

  unmoved(
    {
      fault: 'chunks come late',
      injected: 'one with a stamp of 0.5 s before, one of 10 s before',
      reaction:
        'rows of ticks that are over are dropped by count; a chunk without others is refused',
      recovery: '–',
    },
    async () => {
      await watch.offer({ late: 10 });
      // By the count of its ticks, or by its stamp where ticks stood still.
      await refusal(/too late, all \d+ rows|superseded|expected one of the last \d\.\d+ s/);
      const { ticks_consumed: ticks } = watch.last!;
      await watch.until('three ticks', (one) => one.ticks_consumed >= ticks + 3);
      const { id } = await watch.offer({ late: 0.5 });
      const first = await watch.until('its rows', ({ chunk_id }) => chunk_id === id);
      assert.ok(first.row >= 2, `row ${first.row}`);
    },
  );

  unmoved(
    {
      fault: 'chunks come twice',
      injected: 'the same one again, two ticks later',
      reaction: 'none: its rows belong to their ticks, and none is executed twice',
      recovery: '–',
    },
    async () => {
      const { id, at } = await watch.offer();
      const first = await watch.until('its rows', ({ chunk_id }) => chunk_id === id);
      await watch.until('two ticks', (one) => one.ticks_consumed >= first.ticks_consumed + 2);
      await watch.offer({ id, late: Date.now() / 1000 - at });
      await watch.until('a tick', (one) => one.ticks_consumed >= first.ticks_consumed + 3);
      const rows = watch.states.filter(({ chunk_id }) => chunk_id === id);
      const offsets = new Set(rows.map((one) => one.ticks_consumed - one.row));
      assert.equal(offsets.size, 1, [...offsets].join(', '));
    },
  );

  unmoved(
    {
      fault: 'chunks come out of order',
      injected: 'after a chunk one of the tick before it',
      reaction: 'what is older than the newest one is refused and counted',
      recovery: '–',
    },
    async () => {
      const { id } = await watch.offer();
      const first = await watch.until('its rows', ({ chunk_id }) => chunk_id === id);
      await watch.until('two ticks', (one) => one.ticks_consumed >= first.ticks_consumed + 2);
      await watch.offer();
      await watch.offer({ late: 0.4 });
      await refusal(/superseded, of tick \d+, newest is of \d+/);
    },
  );
  const refusal = (reason: RegExp): Promise<unknown> =>
    session.until(`the refusal ${reason.source}`, () =>
      reason.test(peer.diagnostic('/controller: action chunks')?.values.last_refusal ?? ''),
    );

  inTime(
    {
      fault: 'the arm does not follow',
      injected: `the driver ignores commands; \`following.tolerance\` ${TOLERANCE_RAD}`,
      reaction:
        'FAULT `following.delay` + `following.time` after the command is further away than the ' +
        'tolerance; once the arm rests the command is where it is, and nothing more is sent',
      recovery: '`~/resume`',
    },
    async () => {
      await watch.act(0.02);
      peer.forget('/arm_controller/joint_trajectory');
      await peer.drive(JOINTS, REST, 50, { stuck: true });
      await watch.until('the fault', ({ status }) => status === FAULT);
      const stuckAt = peer.last('/joint_states').position[0];
      const commands = peer
        .messages('/arm_controller/joint_trajectory')
        .map(({ at, message }) => ({ at, waist: newestPoint(message).positions[0]! }));
      const beyond = commands.find(({ waist }) => Math.abs(waist - stuckAt) > TOLERANCE_RAD)!;
      await watch.isDiagnosed(/^FAULT: following error: waist is 0\.\d+ rad from its command for/);
      await session.until(
        'a command where the arm is',
        () => Math.abs(watch.command.positions[0]! - stuckAt) < 1e-6,
      );
      const isFault = ({ status }: State) => status === FAULT;
      const dueSec = beyond.at + DELAY_SEC + TIME_SEC;
      return watch.inTime(await watch.periodsUntil('the fault', dueSec, isFault));
    },
  );

  inTime(
    {
      fault: 'the driver reports torque off',
      injected: 'a text on `driver_fault`',
      reaction: 'FAULT; commands begin again where the arm rests, also when it sinks',
      recovery: 'an empty text on `driver_fault`, then `~/resume`',
    },
    async () => {
      await watch.act();
      const at = await peer.publish('/driver_fault', TEXT, { data: 'torque is off' }, 'latched');
      const isFault = ({ status }: State) => status === FAULT;
      const periods = await watch.periodsFromMessage('the fault', at, isFault);
      await watch.isDiagnosed(/^FAULT: driver: torque is off$/);
      await watch.trigger('resume');
      assert.ok((await watch.next(5)).every(({ status }) => status === FAULT));
      await peer.publish('/driver_fault', TEXT, { data: '' }, 'latched');
      assert.ok((await watch.next(5)).every(({ status }) => status === FAULT));
      return periods;
    },
  );

  const stopRow = (phase: string, reaction: string): FaultCase => ({
    fault: `\`~/stop\` ${phase}`,
    injected: 'the service',
    reaction,
    recovery: '`~/resume`',
  });
  const stopped = async (): Promise<number> => {
    const isStopped = ({ status }: State) => status === STOPPED;
    const periods = await watch.stop();
    await watch.isDiagnosed(/^STOPPED: by the operator$/);
    const { epoch } = watch.last!;
    assert.ok((await watch.next(10)).every((one) => isStopped(one) && one.epoch === epoch));
    assert.ok(watch.command.velocities.every((velocity) => velocity === 0));
    return periods;
  };
  inTime(stopRow('while it waits for actions', 'STOPPED, until resumed'), stopped);
  inTime(stopRow('while the arm moves', 'STOPPED: it brakes within its limits'), async () => {
    await watch.act();
    return stopped();
  });
  inTime(stopRow('while joint states are stale', 'STOPPED, also when they are back'), async () => {
    await peer.unstream('/joint_states');
    await watch.until('the hold', ({ status }) => status === HOLD_STALE);
    const periods = await stopped();
    await peer.drive(JOINTS, REST, 50);
    assert.ok((await watch.next(10)).every(({ status }) => status === STOPPED));
    return periods;
  });

  inTime(
    {
      fault: 'somebody halts the arm',
      injected: 'a text on `halt`',
      reaction: 'STOPPED, with the text as its reason',
      recovery: '`~/resume`',
    },
    async () => {
      await watch.act();
      const at = await peer.publish('/halt', TEXT, { data: 'the light barrier is broken' });
      const isStopped = ({ status }: State) => status === STOPPED;
      const periods = await watch.periodsFromMessage('the stop', at, isStopped);
      await watch.isDiagnosed(/^STOPPED: the light barrier is broken$/);
      return periods;
    },
  );

  it('the controller is frozen', async () => {
    await watch.act();
    const before = watch.last!;
    node.process.kill('SIGSTOP');
    const commands = peer.messages('/arm_controller/joint_trajectory').length;
    await session.until(
      'a second of silence',
      () => Date.now() / 1000 > before['header.stamp'] + 1.5,
    );
    const sentMeanwhile = peer.messages('/arm_controller/joint_trajectory').length - commands;
    assert.ok(sentMeanwhile <= MAX_COMMANDS, `${sentMeanwhile} commands of a frozen process`);
    const position = watch.command.positions;
    node.process.kill('SIGCONT');
    const after = await watch.until('a new epoch', ({ epoch }) => epoch > before.epoch);
    assert.equal(after.leftover, 0);
    await watch.until('readiness', ({ status }) => status === HOLD_STARVED);
    assertNear(watch.command.positions, position);
    const reaction =
      'no command any more; whoever received the last one holds it; when it goes on, what it had ' +
      'queued is dropped after more than 1 s';
    const recovery = 'by itself when it goes on, or by the supervisor, see below';
    table.add({ fault: 'the controller is frozen', injected: 'SIGSTOP', reaction, recovery }, '–');
  });

  it('the controller is killed', async () => {
    await watch.trigger('stop');
    await watch.until('the stop', ({ status }) => status === STOPPED);
    const position = watch.command.positions;
    node.process.kill('SIGKILL');
    await node.ended;
    peer.forget('/execution_state');
    peer.forget('/arm_controller/joint_trajectory');
    node = session.startNode('controller', controllerArguments);
    const state = await watch.until('the next one', ({ reason }) => !/no joint state/.test(reason));
    assert.deepEqual([state.status, state.reason], [STOPPED, 'by the operator']);
    assert.ok(
      watch.states.every(({ status }) => status === STOPPED),
      'it was never anything else',
    );
    assert.equal(peer.last('/arm_controller/joint_trajectory'), undefined, 'nothing is sent');
    await watch.trigger('resume');
    await session.until('commands', () => peer.last('/arm_controller/joint_trajectory'));
    assertNear(watch.command.positions, position);
    await watch.act();
    const reaction =
      'no command any more; the next process begins where the arm rests, stopped if the one before was, ' +
      'and continues with the next chunk';
    const recovery = 'a launch with `respawn` starts it again';
    table.add({ fault: 'the controller is killed', injected: 'SIGKILL', reaction, recovery }, '–');
  });
  after(() => table.finish());
});

function assertNear(found: readonly number[], expected: readonly number[]): void {
  found.forEach((q, i) =>
    assert.ok(Math.abs(q - expected[i]!) < 0.1, `${found.join()} near ${expected.join()}`),
  );
}

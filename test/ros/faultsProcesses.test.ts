import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ExecutionWatch,
  HOLD_STALE,
  HOLD_STARVED,
  STOPPED,
  type State,
  isActing,
} from './faults/ExecutionWatch.ts';
import { type FaultCase, FaultTable } from './faults/FaultTable.ts';
import { impatientParameters } from './faults/impatientParameters.ts';
import type { Peer } from './Peer.ts';
import { isAlive } from './childProcesses.ts';
import { type NodeProcess, RosSession, root } from './RosSession.ts';
import { tinyModel } from './widowx.ts';

const STALE_AFTER_SEC = 0.5;
const MAX_BLIND_SEC = 1;
const limits = { staleAfterSec: STALE_AFTER_SEC, maxBlindSec: MAX_BLIND_SEC };
/** A process that is started again computes for seconds before it takes part. */
const RESTART_LIMIT_MS = 60_000;
/** The supervisor waits longer and longer for a node that has failed before. */
const SILENCE_LIMIT_MS = 35_000;

type Watched = 'perception' | 'policy' | 'simulator' | 'controller';

describe('faults of processes, with a launch and a supervisor', () => {
  const table = new FaultTable('processes');
  const folder = mkdtempSync(join(tmpdir(), 'st4vla-faults-'));
  let session: RosSession;
  let launch: NodeProcess;
  let peer: Peer;
  let watch: ExecutionWatch;
  before(async () => {
    session = await RosSession.open();
    launch = session.startProgram([
      process.execPath,
      join(root, 'dist', 'cli', 'main.js'),
      'launch',
      'supervised.launch.yaml',
      `model:=${tinyModel}`,
      `params_file:=${impatientParameters(folder, limits)}`,
    ]);
    peer = await session.startPeer();
    watch = await ExecutionWatch.start(session, peer);
    await peer.watch('/heartbeat', 'st4vla_ros/msg/Heartbeat', 'reliable', ['node', 'host', 'pid']);
    await peer.watch('/joint_states', 'sensor_msgs/msg/JointState', 'reliable', ['header.stamp']);
    await peer.publish('/instruction', 'std_msgs/msg/String', { data: 'spoon' }, 'latched');
  });
  after(async () => {
    await session.close();
    rmSync(folder, { recursive: true });
  });
  after(() => table.finish());

  const acts = (): Promise<State> => watch.until('motion', isActing, RESTART_LIMIT_MS);
  const pidOf = (node: Watched): number | undefined =>
    peer.messages('/heartbeat').findLast(({ message }) => message.node === `/${node}`)?.message.pid;
  const supervisorSays = (node: Watched) => peer.diagnostic(`/supervisor: /${node}`);
  /** The process of a node, once the supervisor watches the one whose heartbeat came last. */
  const known = (node: Watched): Promise<number> =>
    session.until(`a heartbeat of ${node}`, () => {
      const { state, pid } = supervisorSays(node)?.values ?? {};
      const heard = pidOf(node);
      return state === 'alive' && Number(pid) === heard ? heard : undefined;
    });
  /** Another process of the node takes part, and the arm moves. */
  const comesBack = async (node: Watched, pid: number): Promise<void> => {
    await session.until(`another ${node}`, () => pidOf(node) !== pid, RESTART_LIMIT_MS);
    await session.until('the supervisor knows', () => {
      const { state, restarts } = supervisorSays(node)?.values ?? {};
      return state === 'alive' && Number(restarts) > 0;
    });
    peer.forget('/execution_state');
    await acts();
  };
  /** Control periods from when the arm is to be held, after a node does nothing any more. */
  const held = async (node: Watched): Promise<number> => {
    if (node === 'simulator') {
      await watch.until('the hold', ({ status }) => status === HOLD_STALE);
      const lastSec = peer.last('/joint_states')['header.stamp'];
      const isHeld = ({ status }: State) => status === HOLD_STALE;
      const dueSec = lastSec + STALE_AFTER_SEC;
      return watch.inTime(await watch.periodsUntil('the hold', dueSec, isHeld));
    }
    const isHeld = ({ status }: State) => status === HOLD_STARVED;
    await watch.until('the hold', isHeld);
    const lastTick = watch.states.findLast(isActing)!.ticks_consumed;
    const lastRow = watch.states.find((one) => isActing(one) && one.ticks_consumed === lastTick)!;
    assert.ok((lastRow.row + 1) * 0.2 <= MAX_BLIND_SEC + 1e-9, `row ${lastRow.row} was executed`);
    const dueSec = lastRow['header.stamp'] + 0.19;
    const isAtRest = (state: State) => !isActing(state);
    return watch.inTime(await watch.periodsUntil('the hold', dueSec, isAtRest));
  };

  const reactions = {
    perception: 'HOLD_STARVED, at the latest `max_blind` after the last observation',
    policy: 'HOLD_STARVED, at the latest `max_blind` after the last observation',
    simulator: 'HOLD_STALE `stale_after` after the last joint state',
  } as const;
  const signals = [
    ['killed', 'SIGKILL', 'the launch starts it again'],
    [
      'frozen',
      'SIGSTOP',
      'the supervisor ends it after `missed_beats`, the launch starts it again',
    ],
  ] as const;
  for (const [how, signal, recovery] of signals) {
    for (const node of ['perception', 'policy', 'simulator'] as const) {
      it(`${node} is ${how}`, async () => {
        await acts();
        const pid = await known(node);
        process.kill(pid, signal);
        const periods = await held(node);
        await comesBack(node, pid);
        const row: FaultCase = {
          fault: `the ${node} is ${how}`,
          injected: signal,
          reaction: reactions[node],
          recovery,
        };
        table.add(row, periods);
      });
    }
    it(`controller is ${how}`, async () => {
      await acts();
      const pid = await known('controller');
      process.kill(pid, signal);
      await comesBack('controller', pid);
      const row = {
        fault: `the controller is ${how}, under a supervisor`,
        injected: signal,
        reaction: 'no command any more; the next one begins where the arm is',
        recovery,
      };
      table.add(row, '–');
    });
  }

  it('a node is frozen while others send its heartbeats', async function () {
    this.timeout(3 * RESTART_LIMIT_MS);
    await acts();
    const pid = await known('perception');
    const host = peer.last('/heartbeat').host as string;
    const copy = { node: '/perception', host, pid, period: 0.2, leaving: false };
    await peer.stream('/heartbeat', 'st4vla_ros/msg/Heartbeat', copy, 20, 'reliable');
    process.kill(pid, 'SIGSTOP');
    const periods = await held('perception');
    await session.until('the end of the process', () => !isAlive(pid), SILENCE_LIMIT_MS);
    await session.until('the contradiction', () => {
      return / which (has ended|does not run), is said to live$| claims its name$/.test(
        supervisorSays('perception')?.message,
      );
    });
    await session.until(
      'another perception',
      () => {
        const { state, pid: found } = supervisorSays('perception')?.values ?? {};
        return state === 'alive' && Number(found) !== pid;
      },
      RESTART_LIMIT_MS,
    );
    await peer.unstream('/heartbeat');
    peer.forget('/heartbeat');
    await acts();
    const row = {
      fault: 'the perception is frozen, and others send its heartbeats',
      injected: 'SIGSTOP, and copies of its heartbeats 20 times a second',
      reaction: reactions.perception,
      recovery:
        'the supervisor sees that the process does not run, and ends it after `missed_beats`; the launch starts it again',
    };
    table.add(row, periods);
  });

  it('heartbeats are forged', async () => {
    await acts();
    const victim = spawn('sleep', ['600']);
    const nodes = ['perception', 'policy', 'simulator', 'controller'] as const;
    const before = await Promise.all(nodes.map(known));
    const host = peer.last('/heartbeat').host as string;
    const pids = [victim.pid!, process.pid, launch.process.pid!, 1, 4294967295];
    for (const node of ['/perception', '/stranger', '/supervisor', '/policy']) {
      for (const [pid, period] of pids.flatMap(
        (one) =>
          [
            [one, 0.2],
            [one, 0.001],
          ] as const,
      )) {
        const forged = { node, host, pid, period, leaving: false };
        await peer.publish('/heartbeat', 'st4vla_ros/msg/Heartbeat', forged);
        await peer.publish('/heartbeat', 'st4vla_ros/msg/Heartbeat', { ...forged, leaving: true });
      }
    }
    await session.until('the contradiction', () => {
      return / claims its name$|heartbeat_period/.test(supervisorSays('perception')?.message);
    });
    const silentMs = performance.now() + 5000;
    await session.until('time enough to be missed', () => performance.now() > silentMs);
    assert.deepEqual(await Promise.all(nodes.map(known)), before);
    assert.equal(victim.exitCode ?? victim.signalCode, null);
    assert.ok(isActing(watch.last!));
    victim.kill('SIGKILL');
    peer.forget('/heartbeat');
    const row = {
      fault: 'heartbeats are forged',
      injected: 'names and process ids of others, 1 ms as the period, farewells',
      reaction: 'none but a diagnostic: what the kernel does not prove is not believed',
      recovery: '–',
    };
    table.add(row, 'no hold');
  });

  it('a node that fails again and again', async function () {
    this.timeout(3 * RESTART_LIMIT_MS); // each restart waits longer
    for (let failures = 1; watch.last?.status !== STOPPED; failures++) {
      assert.ok(failures < 20, 'it is given up');
      const pid = await session.until('its heartbeat', () => pidOf('perception'));
      process.kill(pid, 'SIGKILL');
      const isOver = () => watch.last?.status === STOPPED || pidOf('perception') !== pid;
      await session.until('another process, or a stop', isOver, RESTART_LIMIT_MS);
    }
    assert.match(watch.last.reason, /^by the supervisor: \/perception has failed \d times within/);
    await watch.isDiagnosed(/^STOPPED: by the supervisor: \/perception has failed/);
    await session.until('its diagnostic', () => {
      return supervisorSays('perception')?.values.state === 'given_up';
    });
    const row = {
      fault: 'a node fails again and again',
      injected: 'SIGKILL, more than `max_restarts` times within `window`',
      reaction: 'the supervisor stops the arm: STOPPED, with the node in the reason',
      recovery: '`~/resume`',
    };
    table.add(row, '–');
  });
});

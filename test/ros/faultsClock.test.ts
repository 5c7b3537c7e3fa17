import assert from 'node:assert/strict';
import {
  ExecutionWatch,
  HOLD_STALE,
  STOPPED,
  type State,
  isActing,
} from './faults/ExecutionWatch.ts';
import { FaultTable } from './faults/FaultTable.ts';
import type { Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import { given } from './widowx.ts';

describe('faults of simulated time', () => {
  const table = new FaultTable('clock');
  let session: RosSession;
  let peer: Peer;
  let watch: ExecutionWatch;
  before(async () => {
    session = await RosSession.open();
    session.startNode(
      'controller',
      given(
        'robot:=widowx',
        'sink:=joint_trajectory',
        'diagnostics_period:=0.1',
        'stale_after:=0.5',
        'use_sim_time:=true',
      ),
    );
    peer = await session.startPeer();
    watch = await ExecutionWatch.start(session, peer);
  });
  after(() => session.close());
  after(() => table.finish());

  it('there is no clock yet', async () => {
    const { reason } = await watch.until('the hold', ({ status }) => status === HOLD_STALE);
    assert.match(reason, /^\/clock stands still for \d+\.\d s$/);
    await watch.isDiagnosed(/^HOLD_STALE: \/clock stands still/);
    await peer.clock();
    await watch.ready();
  });

  for (const jump of [20, -20]) {
    const fault = `simulated time jumps ${jump > 0 ? 'ahead' : 'back'}`;
    it(fault, async () => {
      await watch.act();
      const { epoch } = watch.last!;
      const before = watch.states.length;
      await peer.clock({ jump });
      const jumped = await session.until('the jump', () => {
        const { states } = watch;
        const isJump = (state: State, i: number) =>
          i >= before &&
          Math.abs(state['header.stamp'] - states[i - 1]!['header.stamp']) > Math.abs(jump) / 2;
        const at = states.findIndex(isJump);
        return at >= 0 ? at : undefined;
      });
      await watch.until('the new epoch', (state) => state.epoch > epoch);
      const isDropped = (state: State) =>
        state.epoch > epoch && state.leftover === 0 && !isActing(state);
      const droppedAfter = watch.states.slice(jumped).findIndex(isDropped);
      assert.ok(droppedAfter >= 0, 'what was queued is dropped');
      const periods = watch.inTime(1 + droppedAfter);
      await watch.act();
      table.add(
        {
          fault,
          injected: '/clock goes on 20 s elsewhere',
          reaction: 'what is queued is dropped (a new epoch), HOLD_STALE until joint states fit',
          recovery: 'by itself with the next joint states and chunk',
        },
        periods,
      );
    });
  }

  it('simulated time is paused', async () => {
    await watch.act();
    await peer.clock({ paused: true });
    const { reason } = await watch.until('the hold', ({ status }) => status === HOLD_STALE);
    assert.match(reason, /^\/clock stands still for \d+\.\d s$/);
    await watch.isDiagnosed(/^HOLD_STALE: \/clock stands still/);
    const { epoch } = watch.last!;
    await peer.clock();
    await watch.until('motion', (state) => isActing(state) && state.epoch === epoch);

    await peer.clock({ paused: true });
    await watch.until('the hold', ({ status }) => status === HOLD_STALE);
    await watch.trigger('stop');
    const stopped = await watch.until('the stop', ({ status }) => status === STOPPED);
    assert.equal(stopped.reason, 'by the operator');
    await peer.clock();
    await watch.trigger('resume');
    table.add(
      {
        fault: 'simulated time is paused',
        injected: '/clock stands still, also from the beginning',
        reaction:
          'no command, as no time passes; HOLD_STALE after 0.5 s of real time; a stop counts at once',
        recovery: 'it goes on where it was',
      },
      '–',
    );
  });
});

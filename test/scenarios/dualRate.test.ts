import assert from 'node:assert/strict';
import { scriptedLoop, scriptedMove, TICK_SEC } from './scriptedLoop.ts';
import { assertContinuous, assertNeverBack, commandedPath } from './traceChecks.ts';
import { statuses, ticksOfChunks, assertSound } from './soundTrace.ts';

const PERIODS = 10;
describe('virtual-time scenarios', () => {
  it('cold start: holds still until plan and chunk are there, then moves smoothly', async () => {
    const { loop, trace, run } = scriptedLoop({
      delayTicks: (half) => (half === 'planner' ? 5 : 2),
    });
    await run(3);
    assert.ok(statuses(trace).every((status) => status === 'HOLD_STARVED'));
    loop.begin('put carrot on plate');
    await run(20);
    const firstMove = trace.outputs.findIndex(({ row }) => row >= 0);
    assert.equal(firstMove, (3 + 5 + 2) * PERIODS);
    const still = commandedPath(trace.outputs.slice(0, firstMove));
    still.forEach((point) => assert.deepEqual(point, still[0]));
    assert.equal(trace.outputs[firstMove]?.row, 0, 'no tick passed while there was no action');
    assertSound(trace);
  });

  it('executes the script tick by tick, whatever the delay and the queue', async () => {
    for (const mode of ['ensemble', 'receding'] as const) {
      for (const delay of [0, 1, 2, 4]) {
        const { loop, trace, run } = scriptedLoop({ execution: { mode }, delayTicks: () => delay });
        loop.begin('stack');
        await run(40);
        const ticks = trace.outputs.at(-1)!.tick;
        assert.equal(ticks, 40 - 2 * delay, `${mode}, delay ${delay}`);
        assertSound(trace);
        const path = commandedPath(trace.outputs);
        const expected = Array.from({ length: ticks }, (_, t) => scriptedMove(t)[1]);
        const moved = path.at(-1)![1] - path[0]![1];
        const sum = expected.reduce((total, dy) => total + dy, 0);
        assert.ok(Math.abs(moved - sum) < 2e-3, `${mode}, delay ${delay}: ${moved} for ${sum}`);
      }
    }
  });

  it('slow planner: the expert goes on with the plan it has, and stops at the age bound', async () => {
    const { loop, trace, run } = scriptedLoop({
      delayTicks: (half) => (half === 'expert' ? 1 : 25),
      scheduling: { maxPlanAgeSec: 5.5 },
    });
    loop.begin('stack');
    await run(120);
    const ages = trace.chunks.map(({ planAgeSec }) => planAgeSec);
    assert.ok(Math.min(...ages) >= 5);
    assert.ok(Math.max(...ages) <= 5.5);
    const kinds = [...new Set(statuses(trace))];
    assert.deepEqual(kinds, ['HOLD_STARVED', 'RUNNING']);
    // starts, runs, starves when the rows are used up, and runs again with the late plan
    const changes = statuses(trace).filter((status, k, all) => status !== all[k - 1]);
    assert.deepEqual(changes.slice(0, 4), ['HOLD_STARVED', 'RUNNING', 'HOLD_STARVED', 'RUNNING']);
    assertSound(trace);
  });

  it('starvation: without frames the rows run out, the arm comes to rest and later resumes', async () => {
    const { arm, loop, trace, run } = scriptedLoop();
    for (let tick = 12; tick < 40; tick++) arm.lostFrames.add(tick);
    loop.begin('stack');
    await run(60);
    const starved = trace.outputs.findIndex(
      ({ status, tick }) => tick > 0 && status === 'HOLD_STARVED',
    );
    // the chunk of tick 11's frame, the last one, has 16 rows
    assert.equal(trace.outputs[starved]?.tick, trace.outputs[11 * PERIODS - 1]!.tick + 16);
    const resumed = trace.outputs.findIndex(({ row }, k) => k > starved && row >= 0);
    assert.ok(resumed > starved + PERIODS);
    const rest = trace.outputs[resumed - 1]?.command?.velocities;
    assert.ok(rest?.every((velocity) => velocity === 0));
    assertSound(trace);
  });

  it('dropped frames: single lost frames leave no mark on the command', async () => {
    const { arm, loop, trace, run } = scriptedLoop();
    for (const tick of [7, 8, 13, 21]) arm.lostFrames.add(tick);
    loop.begin('stack');
    await run(40);
    const whole = scriptedLoop();
    whole.loop.begin('stack');
    await whole.run(40);
    assertSound(trace);
    const path = commandedPath(trace.outputs);
    commandedPath(whole.trace.outputs).forEach((point, k) => {
      assert.ok(Math.abs(point[1] - path[k]![1]) < 1e-6, `period ${k}`);
    });
  });

  it('delayed chunks: rows of consumed ticks are dropped by count', async () => {
    const delays = [1, 3, 1, 6, 2, 1, 8, 1];
    const { loop, trace, run } = scriptedLoop({
      delayTicks: (half, job) => (half === 'planner' ? 1 : delays[job % delays.length]!),
    });
    loop.begin('stack');
    await run(60);
    const t0s = ticksOfChunks(trace);
    const accepted = trace.answers.filter((answer) => answer.accepted);
    assert.equal(accepted.length, trace.answers.length);
    trace.chunks.slice(1).forEach(({ id }, k) => {
      const dropped = accepted[k + 1]!.droppedRows;
      assert.equal(dropped, delays[(k + 1) % delays.length], `chunk ${id} of tick ${t0s.get(id)}`);
    });
    assertSound(trace);
  });

  it('a chunk that comes after all its ticks is refused, and the arm holds', async () => {
    const { loop, trace, run } = scriptedLoop({
      delayTicks: (half, job) => (half === 'expert' && job === 1 ? 20 : 1),
    });
    loop.begin('stack');
    await run(40);
    const late = trace.answers[1];
    assert.ok(late && !late.accepted);
    assert.match(late.reason, /too late/);
    // the first chunk's 16 rows, from tick 2 on, then nothing until the next chunk
    const held = trace.outputs.slice(18 * PERIODS, 23 * PERIODS);
    assert.ok(held.every(({ status }) => status === 'HOLD_STARVED'));
    assert.equal(trace.outputs.at(-1)?.status, 'RUNNING');
    assertSound(trace);
  });

  it('new instruction during inference: results of the old one are discarded', async () => {
    const { loop, planner, trace, run } = scriptedLoop({ delayTicks: () => 3 });
    loop.begin('put carrot on plate');
    await run(14);
    loop.begin('stack');
    const { epoch } = loop.scheduler;
    await run(14);
    assert.ok(trace.discarded.includes('expert'));
    const after = trace.chunks.filter((chunk) => chunk.stampNs >= 14n * 200_000_000n);
    assert.ok(after.length > 0);
    assert.ok(after.every((chunk) => chunk.epoch === epoch));
    assert.equal(trace.plans.at(-1)?.instruction, 'stack');
    assert.ok(planner.instructions.includes('put carrot on plate'));
    const between = trace.outputs.slice(15 * PERIODS, 20 * PERIODS);
    assert.ok(
      between.every(({ row }) => row < 0),
      'nothing of the old epoch is executed',
    );
    assertContinuous(trace.outputs);
    // every joint brakes for itself, so the end effector leaves its path a little
    assertNeverBack(trace.outputs, 1, 2e-4);
  });

  it('stop is latched, resume moves only on new chunks', async () => {
    const { loop, trace, run } = scriptedLoop();
    loop.begin('stack');
    await run(10);
    loop.controller.stop('operator');
    await run(10);
    const stopped = trace.outputs.slice(10 * PERIODS);
    assert.ok(stopped.every(({ status }) => status === 'STOPPED'));
    loop.controller.resume();
    await run(10);
    assert.equal(trace.outputs.at(-1)?.status, 'RUNNING');
    const resumed = trace.chunks.find(({ id }) => id === trace.outputs.at(-1)?.chunkId);
    assert.ok(resumed && resumed.stampNs >= 20n * 200_000_000n);
    assertContinuous(trace.outputs);
    assertNeverBack(trace.outputs, 1);
  });

  it('joint states that fall silent: holds as stale, and goes on when they are back', async () => {
    const { arm, loop, trace, run } = scriptedLoop();
    arm.silentJoints = [10, 20];
    loop.begin('stack');
    await run(30);
    const kinds = statuses(trace).filter((status, k, all) => status !== all[k - 1]);
    // what was queued two seconds ago is forgotten; a new chunk goes on
    const expected = ['HOLD_STARVED', 'RUNNING', 'HOLD_STALE', 'HOLD_STARVED', 'RUNNING'];
    assert.deepEqual(kinds, expected);
    assertContinuous(trace.outputs);
  });

  it('lock-step: every chunk is of the frame of its plan', async () => {
    const { loop, trace, run } = scriptedLoop({
      scheduling: { lockStep: true },
      delayTicks: () => 0,
    });
    loop.begin('stack');
    await run(20);
    assert.equal(trace.chunks.length, 20);
    assert.equal(trace.plans.length, 20);
    trace.chunks.forEach((chunk, k) => {
      assert.equal(chunk.planAgeSec, 0);
      assert.equal(chunk.observationId, trace.plans[k]?.observationId);
    });
    assertSound(trace);
  });

  it('a slow gripper is not told another thing for as long as it is held', async () => {
    const told = async (gripperHoldTicks: number) => {
      const openingAt = (tick: number) => 1 - (tick % 2);
      const execution = { mode: 'receding', gripperHoldTicks } as const;
      const { loop, trace, run } = scriptedLoop({ execution, openingAt });
      loop.begin('stack');
      await run(12);
      const rows = trace.outputs.filter(({ tick }, i) => tick !== trace.outputs[i - 1]?.tick);
      const moves = rows.filter(({ tick }) => tick > 0);
      return moves.map(({ targetGripperOpening }) => Math.round(targetGripperOpening)).join('');
    };
    assert.equal(await told(0), '1010101010');
    assert.equal(await told(3), '1000111000');
  });

  it('repeats bit for bit', async () => {
    const runs = await Promise.all(
      [0, 1].map(async () => {
        const { loop, trace, run } = scriptedLoop({ delayTicks: (_half, job) => job % 3 });
        loop.begin('stack');
        await run(30);
        return trace.outputs;
      }),
    );
    assert.deepEqual(runs[0], runs[1]);
  });

  it('plans and acts at rates of their own', async () => {
    const { loop, trace, run } = scriptedLoop({ scheduling: { plannerPeriodSec: 1 } });
    loop.begin('stack');
    await run(50);
    const seconds = 50 * TICK_SEC;
    assert.equal(trace.plans.length, seconds);
    assert.ok(trace.chunks.length >= 48 && trace.chunks.length <= 50, `${trace.chunks.length}`);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  DualRateScheduler,
  type DualRateOptions,
  type ExpertJob,
  type PlannerJob,
} from '../../../core/execution/DualRateScheduler.ts';

type Frame = { readonly id: bigint; readonly stampNs: bigint };
type Tokens = { readonly stampNs: bigint; readonly of: bigint };

const ms = (n: number) => BigInt(n) * 1_000_000n;
const frameAt = (n: number): Frame => ({ id: BigInt(n), stampNs: ms(n) });
const tokensOf = (job: PlannerJob<Frame>): Tokens => ({
  stampNs: job.observation.stampNs,
  of: job.observation.id,
});

function schedulerOf(options: Partial<DualRateOptions> = {}) {
  return new DualRateScheduler<Frame, Tokens>({
    plannerPeriodSec: 0.5,
    expertPeriodSec: 0,
    maxPlanAgeSec: 2,
    lockStep: false,
    ...options,
  });
}

/** A scheduler whose planner has answered the frame at 0 ms. */
function planned(options: Partial<DualRateOptions> = {}) {
  const scheduler = schedulerOf(options);
  scheduler.begin('put carrot on plate');
  scheduler.offer(frameAt(0));
  const { planner } = scheduler.take(0n);
  assert.ok(planner);
  assert.ok(scheduler.planned(planner, tokensOf(planner)));
  return scheduler;
}

describe('DualRateScheduler', () => {
  it('starts nothing before there is an instruction and something to see', () => {
    const scheduler = schedulerOf();
    scheduler.offer(frameAt(0));
    assert.deepEqual(scheduler.take(0n), { planner: undefined, expert: undefined });
    assert.equal(scheduler.expertWait(0n), 'no_instruction');
    scheduler.begin('stack');
    assert.deepEqual(scheduler.take(0n), { planner: undefined, expert: undefined });
    assert.equal(scheduler.expertWait(0n), 'no_plan');
  });

  it('plans first; the expert follows with the tokens, both on the newest observation', () => {
    const scheduler = schedulerOf();
    scheduler.begin('stack');
    scheduler.offer(frameAt(0));
    const first = scheduler.take(0n);
    assert.equal(first.planner?.instruction, 'stack');
    assert.equal(first.expert, undefined);
    for (const t of [33, 66, 99]) scheduler.offer(frameAt(t));
    assert.ok(first.planner && scheduler.planned(first.planner, tokensOf(first.planner)));
    const { expert } = scheduler.take(ms(100));
    assert.equal(expert?.observation.id, 99n);
    assert.equal(expert?.tokens.of, 0n);
  });

  it('runs the expert once on an observation, and at most one job of a kind at a time', () => {
    const scheduler = planned();
    const { expert } = scheduler.take(0n);
    assert.ok(expert);
    scheduler.offer(frameAt(33));
    assert.equal(scheduler.take(ms(33)).expert, undefined);
    assert.ok(scheduler.acted(expert));
    const next = scheduler.take(ms(40)).expert;
    assert.equal(next?.observation.id, 33n);
    assert.ok(next && scheduler.acted(next));
    assert.equal(scheduler.take(ms(50)).expert, undefined);
  });

  it('keeps the planner to its period while the expert goes on', () => {
    const scheduler = planned();
    const planStarts: number[] = [];
    let chunks = 0;
    for (let t = 33; t < 2000; t += 33) {
      scheduler.offer(frameAt(t));
      const { planner, expert } = scheduler.take(ms(t));
      if (planner) {
        planStarts.push(t);
        scheduler.planned(planner, tokensOf(planner));
      }
      if (expert) {
        chunks += 1;
        scheduler.acted(expert);
      }
    }
    assert.deepEqual(planStarts, [528, 1056, 1584]);
    assert.equal(chunks, 60);
  });

  it('runs the expert on the first observation of each period counted from a tick', () => {
    const scheduler = planned({ expertPeriodSec: 0.2 });
    const seen: bigint[] = [];
    const frames = [0, 33, 66, 99, 132, 165, 198, 231, 264, 297, 330, 363, 396, 429];
    for (const t of frames) {
      if (t === 132) scheduler.alignTo(ms(130));
      scheduler.offer(frameAt(t));
      const { expert } = scheduler.take(ms(t));
      if (!expert) continue;
      seen.push(expert.observation.id);
      scheduler.acted(expert);
    }
    assert.deepEqual(seen, [0n, 132n, 330n]);
  });

  it('does not act on a plan that is too old', () => {
    const scheduler = planned({ maxPlanAgeSec: 1, plannerPeriodSec: 60 });
    scheduler.offer(frameAt(1000));
    const { expert } = scheduler.take(ms(1000));
    assert.ok(expert);
    scheduler.acted(expert);
    scheduler.offer(frameAt(1001));
    assert.equal(scheduler.take(ms(1001)).expert, undefined);
    assert.equal(scheduler.expertWait(ms(1001)), 'plan_too_old');
    assert.equal(scheduler.planAgeSec(ms(1500)), 1.5);
  });

  it('discards what an earlier epoch began, and starts anew', () => {
    const scheduler = planned();
    const { expert } = scheduler.take(0n);
    scheduler.offer(frameAt(600));
    const { planner } = scheduler.take(ms(600));
    assert.ok(planner && expert);
    const epoch = scheduler.begin('put the spoon on the towel');
    assert.equal(scheduler.planned(planner, tokensOf(planner)), false);
    assert.equal(scheduler.acted(expert), false);
    assert.equal(scheduler.take(ms(610)).planner, undefined, 'what was seen before is forgotten');
    scheduler.offer(frameAt(633));
    const next = scheduler.take(ms(633));
    assert.equal(next.planner?.epoch, epoch);
    assert.equal(next.planner?.instruction, 'put the spoon on the towel');
    assert.equal(next.expert, undefined);
  });

  it('follows a later epoch of another party, never an earlier one', () => {
    const scheduler = planned();
    const { epoch } = scheduler;
    scheduler.adoptEpoch(epoch);
    assert.equal(scheduler.expertWait(0n), undefined);
    scheduler.adoptEpoch(epoch + 3);
    assert.equal(scheduler.epoch, epoch + 3);
    assert.equal(scheduler.instruction, 'put carrot on plate');
    assert.equal(scheduler.expertWait(0n), 'no_plan');
  });

  it('plans again after a failure', () => {
    const scheduler = schedulerOf({ plannerPeriodSec: 0 });
    scheduler.begin('stack');
    scheduler.offer(frameAt(0));
    const { planner } = scheduler.take(0n);
    assert.ok(planner && scheduler.planned(planner, undefined));
    scheduler.offer(frameAt(33));
    assert.equal(scheduler.take(ms(33)).planner?.observation.id, 33n);
  });

  it('in lock-step runs both halves on the same frame, in turn', () => {
    const scheduler = schedulerOf({ lockStep: true });
    scheduler.begin('stack');
    const log: string[] = [];
    let planner: PlannerJob<Frame> | undefined;
    let expert: ExpertJob<Frame, Tokens> | undefined;
    for (let t = 0; t < 600; t += 50) {
      scheduler.offer(frameAt(t));
      if (planner) scheduler.planned(planner, tokensOf(planner));
      if (expert) scheduler.acted(expert);
      ({ planner, expert } = scheduler.take(ms(t)));
      assert.ok(!planner || !expert);
      if (planner) log.push(`plan ${planner.observation.id}`);
      if (expert) log.push(`act ${expert.observation.id} with ${expert.tokens.of}`);
    }
    assert.deepEqual(log.slice(0, 6), [
      'plan 0',
      'act 0 with 0',
      'plan 100',
      'act 100 with 100',
      'plan 200',
      'act 200 with 200',
    ]);
  });

  it('wants an observation exactly when one would start a job', () => {
    fc.assert(
      fc.property(
        fc.record({
          plannerPeriodSec: fc.constantFrom(0, 0.3),
          expertPeriodSec: fc.constantFrom(0, 0.2),
          maxPlanAgeSec: fc.constantFrom(0.5, 5),
          lockStep: fc.boolean(),
        }),
        fc.array(fc.record({ plan: fc.boolean(), act: fc.boolean() }), { maxLength: 40 }),
        (options, steps) => {
          const scheduler = schedulerOf(options);
          scheduler.begin('stack');
          let planner: PlannerJob<Frame> | undefined;
          let expert: ExpertJob<Frame, Tokens> | undefined;
          steps.forEach(({ plan, act }, k) => {
            const now = ms(k * 70);
            if (planner && plan) {
              scheduler.planned(planner, tokensOf(planner));
              planner = undefined;
            }
            if (expert && act) {
              scheduler.acted(expert);
              expert = undefined;
            }
            const before = scheduler.take(now);
            planner ??= before.planner;
            expert ??= before.expert;
            const wants = scheduler.wantsObservation(now);
            scheduler.offer(frameAt(k * 70));
            const jobs = scheduler.take(now);
            assert.equal(jobs.planner !== undefined || jobs.expert !== undefined, wants);
            planner ??= jobs.planner;
            expert ??= jobs.expert;
          });
        },
      ),
    );
  });
});

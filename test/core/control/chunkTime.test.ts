import assert from 'node:assert/strict';
import { ControllerBench, type Row } from './ControllerBench.ts';

const FORWARD: Row = [0.005, 0, 0, 0, 0, 0, 1];
const SEC = 1_000_000_000n;

/** An idle arm, and what it answers to a chunk of an observation of that age, seconds. */
function idle(maxBlindSec: number, speedScale = 1) {
  const bench = new ControllerBench({ maxBlindSec });
  bench.nowNs = 200_000_000n * SEC;
  bench.controller.setSpeedScale(speedScale);
  bench.steps(3);
  const offer = (ageSec: number, rows = 16) => {
    const stampNs = bench.nowNs - BigInt(Math.round(ageSec * 1e9));
    const chunk = bench.chunk(Array<Row>(rows).fill(FORWARD), { stampNs });
    const { controller } = bench;
    return controller.offerChunk(chunk, controller.tickOfStamp(stampNs), bench.nowNs);
  };
  return { bench, offer };
}

describe('The age of a chunk', () => {
  it('is counted while the arm is idle: an old observation moves nothing', () => {
    for (const age of [2.001, 3, 60, 86_400, 200_000_000]) {
      const { bench, offer } = idle(2);
      const answer = offer(age);
      const reason = answer.accepted ? '' : answer.reason;
      const found = `one ${age.toFixed(3)} s old`;
      assert.equal(
        reason,
        `chunk 1: observation: expected one of the last 2.000 s, found ${found}`,
      );
      assert.equal(bench.steps(50).row, -1);
      assert.equal(bench.controller.epoch, 0);
    }
  });

  it('is bounded by its own rows where nothing else bounds it', () => {
    const { offer } = idle(0);
    assert.equal(offer(3.3).accepted, true);
    const answer = offer(3.5);
    assert.match(
      answer.accepted ? '' : answer.reason,
      /one of the last 3.400 s, found one 3.500 s/,
    );
    assert.equal(offer(0.5, 1).accepted, false);
    assert.equal(offer(86_400, 256).accepted, false);
  });

  it('is not below what clocks may differ by', () => {
    const { offer } = idle(2);
    assert.equal(offer(-0.09).accepted, true);
    for (const ahead of [0.11, 60, 1e9]) {
      const answer = offer(-ahead);
      const reason = answer.accepted ? '' : answer.reason;
      assert.match(reason, /^chunk \d+: stamp: expected at most 0.1 s ahead of the clock, found /);
    }
  });

  it('leaves as many rows as there are until the blind time is over', () => {
    for (const [age, ticks] of [
      [0, 10],
      [0.19, 10],
      [0.21, 9],
      [1, 5],
      [1.99, 1],
    ] as const) {
      const { bench, offer } = idle(2);
      assert.equal(offer(age).accepted, true);
      let executed = 0;
      for (let i = 0; i < 200; i++) if (bench.step().row >= 0) executed += 1;
      assert.equal(executed, ticks * 10, `observation of ${age} s ago`);
    }
  });

  it('is measured in ticks of a slow arm: it gets as many rows as a fast one', () => {
    const { offer } = idle(2, 0.1);
    assert.equal(offer(19.9).accepted, true);
    assert.equal(offer(20.1).accepted, false);
  });

  it('counts nothing twice: in motion rows are dropped by the ticks consumed', () => {
    const bench = new ControllerBench({ maxBlindSec: 2 });
    bench.steps(3);
    for (let period = 0; period < 600; period++) {
      if (period % 7 === 0) {
        const stampNs = bench.nowNs - 180_000_000n;
        const t0 = bench.controller.tickOfStamp(stampNs);
        const chunk = bench.chunk(Array<Row>(16).fill(FORWARD.map((x) => x * 0.01) as never), {
          stampNs,
        });
        const answer = bench.controller.offerChunk(chunk, t0, bench.nowNs);
        assert.equal(answer.accepted, true);
        const left = t0 + 10 - (period === 0 ? 0 : bench.controller.tickOfStamp(bench.nowNs));
        assert.ok(left >= 8, `${left} rows at period ${period}`);
      }
      bench.step();
    }
  });

  it('does not depend on who tells the time: without it the last period counts', () => {
    const { bench } = idle(2);
    const stampNs = bench.nowNs - 3n * SEC;
    const chunk = bench.chunk([FORWARD], { stampNs });
    assert.equal(bench.controller.offerChunk(chunk, 0).accepted, false);
  });
});

describe('Epochs of chunks', () => {
  it('that leap are refused, and the policy goes on', () => {
    const { bench, offer } = idle(2);
    const { controller } = bench;
    for (const epoch of [4_294_967_295, 17, 1e6, NaN, -1]) {
      const leap = bench.chunk([FORWARD], { epoch });
      assert.equal(controller.offerChunk(leap, 0, bench.nowNs).accepted, false, `${epoch}`);
    }
    for (const epoch of [17, 1e6, NaN]) {
      assert.match(controller.newEpoch(epoch) ?? '', /^epoch: expected 0…16, found /);
    }
    assert.equal(controller.epoch, 0);
    assert.equal(offer(0).accepted, true);
    assert.equal(bench.step().status, 'RUNNING');
  });
});

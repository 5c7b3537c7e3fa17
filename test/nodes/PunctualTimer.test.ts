import assert from 'node:assert/strict';
import { median } from '../../core/math/statistics.ts';
import { PunctualTimer } from '../../nodes/shared/node/PunctualTimer.ts';

const PERIOD_MS = 10;
const CALLS = 60;
const BUSY_MS = 2;

describe('PunctualTimer', () => {
  it('is never early and keeps to its grid, whatever it misses', async () => {
    const { startMs, callsMs } = await callsOf(punctually, (call) => {
      if (call === 20) block(2.6 * PERIOD_MS);
    });
    callsMs.forEach((ms, i) => {
      const earliestMs = startMs + (i + 1) * PERIOD_MS;
      assert.ok(ms >= earliestMs - 0.1, `call ${i} came ${earliestMs - ms} ms early`);
    });
    const tookMs = callsMs.at(-1)! - startMs;
    assert.ok(tookMs >= (CALLS + 1) * PERIOD_MS - 0.1, `no period was left out: ${tookMs} ms`);
  });

  it('is more punctual than the loop when that is busy', async () => {
    const busyNow = () => void setTimeout(() => block(BUSY_MS), PERIOD_MS - BUSY_MS);
    const punctual = latenessMs(await callsOf(punctually, busyNow));
    const plain = latenessMs(await callsOf(byTheLoop, busyNow));
    assert.ok(median(punctual) < median(plain) / 2, `${median(punctual)}, ${median(plain)} ms`);
  });

  it('stops', async () => {
    let calls = 0;
    const timer = new PunctualTimer(1, () => {
      calls += 1;
      if (calls === 3) timer.stop();
    });
    timer.start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(calls, 3);
  });
});

type Start = (callback: () => void) => () => void;
type Calls = { readonly startMs: number; readonly callsMs: readonly number[] };

const punctually: Start = (callback) => {
  const timer = new PunctualTimer(PERIOD_MS, callback);
  timer.start();
  return () => timer.stop();
};

const byTheLoop: Start = (callback) => {
  const interval = setInterval(callback, PERIOD_MS);
  return () => clearInterval(interval);
};

function callsOf(start: Start, afterEach: (call: number) => void): Promise<Calls> {
  return new Promise((resolve) => {
    const callsMs: number[] = [];
    const startMs = performance.now();
    const stop = start(() => {
      callsMs.push(performance.now());
      if (callsMs.length < CALLS) return afterEach(callsMs.length);
      stop();
      resolve({ startMs, callsMs });
    });
  });
}

/** How far successive calls are from a period apart. */
function latenessMs({ callsMs }: Calls): number[] {
  return callsMs.slice(1).map((ms, i) => Math.abs(ms - callsMs[i]! - PERIOD_MS));
}

function block(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

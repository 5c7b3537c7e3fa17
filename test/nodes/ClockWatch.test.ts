import assert from 'node:assert/strict';
import { ClockWatch } from '../../nodes/controller/ClockWatch.ts';

/** As the controller looks. */
const LOOK_MS = 100;

/** Looks at a clock whose step `i` comes `pausesMs[i]` after the one before; then it stands still. */
function watched(pausesMs: readonly number[], standstillMs: number) {
  const watch = new ClockWatch();
  const said: { readonly text: string; readonly steps: number; readonly isLast: boolean }[] = [];
  const stepsMs: number[] = [];
  let endMs = 0;
  for (const pauseMs of pausesMs) stepsMs.push((endMs += pauseMs));
  for (let nowMs = 0; nowMs <= endMs + standstillMs; nowMs += LOOK_MS) {
    const steps = stepsMs.filter((stepMs) => stepMs <= nowMs).length;
    const text = watch.check(BigInt(steps) * 5_000_000n, nowMs);
    if (text !== undefined) said.push({ text, steps, isLast: steps === stepsMs.length });
  }
  return said;
}

const repeated = (ms: number, count: number) => Array.from({ length: count }, () => ms);

describe('ClockWatch', () => {
  it('says after half a second that a clock has not begun, or stands still', () => {
    for (const pauses of [[], repeated(5, 400)]) {
      const [first] = watched(pauses, 2000);
      assert.match(first!.text, /^\/clock stands still for 0\.[5-7] s$/);
      assert.ok(first!.isLast);
    }
  });

  it('does not take a slow world for one that stands still', () => {
    const slow = {
      'steps of 5 ms at a twentieth of real time': repeated(100, 100),
      'steps of 5 ms at a hundredth of real time': repeated(500, 50),
      'pauses for each picture': Array.from({ length: 20 }, () => [100, 100, 100, 1200]).flat(),
    };
    for (const [name, pauses] of Object.entries(slow)) {
      const said = watched(pauses, 6000);
      // What is usual is known when it has come twice.
      const secondTime =
        1 + pauses.indexOf(Math.max(...pauses), 1 + pauses.indexOf(Math.max(...pauses)));
      const early = said.filter(({ isLast }) => !isLast);
      assert.ok(
        early.every(({ steps }) => steps < secondTime),
        name,
      );
      assert.ok(
        said.some(({ isLast }) => isLast),
        name,
      );
    }
  });

  it('is not made patient by one long pause', () => {
    const said = watched([...repeated(10, 300), 4000, ...repeated(10, 300)], 2000);
    const [first] = said.filter(({ isLast }) => isLast);
    assert.match(first!.text, /for 0\.[5-7] s$/);
  });

  it('waits no longer than 5 s, however slow the world has been', () => {
    const said = watched(repeated(4000, 10), 10_000);
    const [first] = said.filter(({ isLast }) => isLast);
    assert.match(first!.text, /for 5\.[01] s$/);
  });
});

// A child process of `st4vla bench`: a timer that does nothing else, as urgent as the controller.
import { controllerParameters } from '../../nodes/controller/parameters.ts';
import { raisePriority } from '../../nodes/shared/process/raisePriority.ts';

/** How far, of each period, its end was from where it should have been after the one before, ms. */
export type BareTimerReport = { readonly jitterMs: readonly number[] };

const [periodMs, periods] = process.argv.slice(2).map(Number) as [number, number];
raisePriority(controllerParameters.realtime_priority.default);
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
const startMs = performance.now();
const jitterMs: number[] = [];
let beforeMs = startMs;
for (let period = 1; period <= periods; period++) {
  Atomics.wait(nobodyWakes, 0, 0, Math.max(0, startMs + period * periodMs - performance.now()));
  const nowMs = performance.now();
  jitterMs.push(Math.abs(nowMs - beforeMs - periodMs));
  beforeMs = nowMs;
}
process.send?.({ jitterMs } satisfies BareTimerReport);

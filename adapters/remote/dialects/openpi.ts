import type { RgbImage } from '../../../core/observation/Observation.ts';
import { float32Array, isNdArray } from '../NdArray.ts';
import type { WireValue } from '../wire.ts';
import type { Dialect, WireMap } from './Dialect.ts';
import { imageOf, stateOf, textOf, tickOf } from './fields.ts';

/**
 * Clients of openpi: a flat map with pictures under names of the client's choice, `prompt`, and
 * `observation/state` or `state`. They expect actions that need no more work.
 */
export const openpi: Dialect = {
  name: 'openpi',
  recognises: (message) => 'prompt' in message,
  parse: (message) => {
    const images = picturesOf(message);
    const state = stateOf(message['observation/state'] ?? message['state']);
    const instruction = textOf(message['prompt'], 'prompt');
    return { kind: 'infer', requests: [{ images, instruction, state, tick: tickOf(message) }] };
  },
  pong: () => ({}),
  answer: ([result]) => {
    const { canonical, horizon, dim, planSec, actSec } = result!;
    const inferMs = (planSec + actSec) * 1000;
    return {
      actions: float32Array(canonical, [horizon, dim]),
      policy_timing: { infer_ms: inferMs, plan_ms: planSec * 1000, act_ms: actSec * 1000 },
      server_timing: { infer_ms: inferMs },
    };
  },
  error: (reason) => reason,
};

/** Arrays of three dimensions are pictures, in the order in which they come. */
function picturesOf(message: WireMap): readonly RgbImage[] {
  const isPicture = (value: WireValue | undefined) =>
    value !== undefined && isNdArray(value) && value.shape.length === 3;
  return Object.entries(message)
    .filter(([, value]) => isPicture(value))
    .map(([name, value]) => imageOf(value, name));
}

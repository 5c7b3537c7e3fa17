import type { Dialect } from './Dialect.ts';
import { batchOf, imagesOf, listOf, requireStatistics, stateOf, textOf, tickOf } from './fields.ts';

/**
 * Clients of InternVLA-M1: batches of views and instructions. They un-normalise, ensemble and turn
 * rotations themselves, so they get what the denoising gave.
 */
export const internVlaM1: Dialect = {
  name: 'InternVLA-M1',
  recognises: (message) => 'batch_images' in message || message['type'] === 'ping',
  parse: (message, model) => {
    if (message['type'] === 'ping') return { kind: 'ping' };
    requireStatistics(message, model);
    const batch = listOf(message['batch_images'], 'batch_images');
    const instructions = listOf(message['instructions'], 'instructions');
    if (batch.length !== instructions.length) {
      const found = `${batch.length} and ${instructions.length}`;
      throw new RangeError(`batch_images and instructions: expected as many, found ${found}`);
    }
    const states = message['state'] ?? undefined;
    const requests = batch.map((views, i) => ({
      images: imagesOf(views, `batch_images[${i}]`),
      instruction: textOf(instructions[i], `instructions[${i}]`),
      state: batch.length === 1 ? stateOf(states) : stateOf(listOf(states, 'state')[i]),
      tick: tickOf(message),
    }));
    return { kind: 'infer', requests };
  },
  pong: () => ({ status: 'ok', ok: true, type: 'ping' }),
  answer: (results, message) => {
    const [{ horizon, dim }] = results as [(typeof results)[number]];
    const chunks = results.map(({ normalised }) => normalised);
    return {
      status: 'ok',
      ok: true,
      type: 'inference_result',
      request_id: message['request_id'] ?? null,
      data: { normalized_actions: batchOf(chunks, horizon, dim) },
    };
  },
  error: (reason, message) => ({
    status: 'error',
    ok: false,
    type: 'inference_result',
    request_id: message['request_id'] ?? null,
    error: { message: reason },
  }),
};

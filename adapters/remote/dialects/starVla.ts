import { isNdArray } from '../NdArray.ts';
import type { Dialect, WireMap } from './Dialect.ts';
import { batchOf, imagesOf, listOf, requireStatistics, stateOf, textOf, tickOf } from './fields.ts';
import { internVlaM1 } from './internVlaM1.ts';

/**
 * Clients of starVLA: a list of examples, each with pictures, sentence and state. They expect actions
 * in the units and conventions of the dataset.
 */
export const starVla: Dialect = {
  name: 'starVLA',
  recognises: (message) => 'examples' in message,
  parse: (message, model) => {
    requireStatistics(message, model);
    const requests = listOf(message['examples'], 'examples').map((example, i) => {
      const name = `examples[${i}]`;
      if (typeof example !== 'object' || example === null || isNdArray(example))
        throw new RangeError(`${name}: expected a map, found another`);
      const { image, lang, state } = example as WireMap;
      return {
        images: imagesOf(image, `${name}.image`),
        instruction: textOf(lang, `${name}.lang`),
        state: stateOf(state),
        tick: tickOf(message),
      };
    });
    return { kind: 'infer', requests };
  },
  pong: internVlaM1.pong,
  answer: (results, message) => {
    const [{ horizon, dim }] = results as [(typeof results)[number]];
    const chunks = results.map(({ unnormalised }) => unnormalised);
    return {
      status: 'ok',
      ok: true,
      type: 'inference_result',
      request_id: message['request_id'] ?? null,
      data: { actions: batchOf(chunks, horizon, dim) },
    };
  },
  error: internVlaM1.error,
};

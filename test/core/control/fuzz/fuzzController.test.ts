import assert from 'node:assert/strict';
import { fuzzController } from '../../../../core/control/fuzz/fuzzController.ts';
import { TraceRecord } from '../../../../core/control/fuzz/TraceRecord.ts';
import { widowx } from '../../../../core/embodiment/widowx.ts';
import { widowxUrdf } from '../../arm.ts';

describe('fuzzController', () => {
  it('repeats bit for bit, from any episode on', () => {
    const trace = (periods: number, firstEpisode: number): number[] => {
      const values: number[] = [];
      const keep = (record: Float64Array): void => void values.push(...record);
      fuzzController(widowx, widowxUrdf, { periods, seed: 7, firstEpisode, trace: keep });
      return values;
    };
    const length = TraceRecord.length(7);
    const [all, second] = [trace(2100, 0), trace(100, 1)];
    assert.equal(all.length, 2101 * length);
    assert.deepEqual(all.slice(-100 * length), second.slice(length));
    assert.deepEqual(trace(100, 1), second);
  });
});

import assert from 'node:assert/strict';
import type { ActionChunk } from '../../../core/action/ActionChunk.ts';
import { chunkFault } from '../../../core/control/chunkFault.ts';

describe('chunkFault', () => {
  const sound: ActionChunk = {
    id: 1n,
    observationId: 1n,
    stampNs: 0n,
    planId: 1n,
    epoch: 0,
    planAgeSec: 0,
    controlPeriodSec: 0.2,
    horizon: 2,
    dim: 7,
    actions: new Float32Array(14),
    latencySec: 0,
  };

  it('finds nothing in a sound chunk, its period rounded to 32 bits', () => {
    assert.equal(chunkFault(sound, 0.2), undefined);
    assert.equal(chunkFault({ ...sound, controlPeriodSec: Math.fround(0.2) }, 0.2), undefined);
  });

  const withNumber = (x: number): Float32Array => Float32Array.from(sound.actions).fill(x, 9, 10);
  const faults: readonly [Partial<ActionChunk>, RegExp][] = [
    [{ dim: 6 }, /dim: expected 7, found 6/],
    [{ horizon: 0 }, /horizon: expected 1…256 rows, found 0/],
    [{ horizon: 1.5 }, /horizon/],
    [{ horizon: 100_000 }, /horizon/],
    [{ horizon: 3 }, /actions: expected 3 × 7 = 21 numbers, found 14/],
    [{ actions: new Float32Array(13) }, /found 13/],
    [{ controlPeriodSec: 0.333 }, /control period: expected 0.2 s, found 0.333 s/],
    [{ controlPeriodSec: NaN }, /control period/],
    [{ actions: withNumber(NaN) }, /row 1, column 2 is NaN/],
    [{ actions: withNumber(-Infinity) }, /row 1, column 2 is -Infinity/],
  ];
  for (const [change, message] of faults) {
    it(`names ${message.source}`, () => {
      assert.match(chunkFault({ ...sound, ...change }, 0.2) ?? 'none', message);
    });
  }
});

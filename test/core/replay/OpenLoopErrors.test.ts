import assert from 'node:assert/strict';
import { OpenLoopErrors } from '../../../core/replay/OpenLoopErrors.ts';

const TICK_NS = 200_000_000n;
const recordedAt = (timeNs: bigint) => {
  const tick = Number(timeNs / TICK_NS);
  return tick < 4 ? Float32Array.of(0.01, 0, 0, 0, 0, 0, tick < 2 ? 1 : 0) : undefined;
};
/** Two rows a chunk: the first as recorded, the second 3 mm and 0.1 rad off, its gripper open. */
const chunkAt = (tick: number) => ({
  stampNs: BigInt(tick) * TICK_NS,
  horizon: 2,
  // prettier-ignore
  actions: Float32Array.of(
    0.01, 0, 0, 0, 0, 0, tick < 2 ? 1 : 0,
    0.013, 0, 0, 0, 0.1, 0, 1,
  ),
});
const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-6, `expected ${expected}, found ${found}`);

describe('OpenLoopErrors', () => {
  it('measures each row, and each dimension of the executed one', () => {
    const errors = new OpenLoopErrors(0.2, 1);
    const pairs = [0, 1, 2, 3].map((tick) => errors.add(chunkAt(tick), recordedAt));
    // The last chunk's second row is beyond the record.
    assert.deepEqual(
      pairs.map((pair) => pair?.timeNs),
      [TICK_NS, 2n * TICK_NS, 3n * TICK_NS, undefined],
    );
    const { compared, dimensions, rows, endOfChunkM } = errors.figures();
    assert.equal(compared, 3);
    assert.deepEqual(
      rows.map((row) => row.compared),
      [4, 3],
    );
    close(rows[0]!.positionM, 0);
    close(rows[0]!.gripperAgreement, 1);
    close(rows[1]!.positionM, 0.003);
    close(rows[1]!.rotationRad, 0.1);
    close(rows[1]!.gripperAgreement, 1 / 3);
    close(endOfChunkM, 0.003);
    close(dimensions[0]!.mean, 0.003);
    close(dimensions[4]!.rms, 0.1);
    close(dimensions[0]!.recordedSpread, 0);
    close(dimensions[6]!.mean, 2 / 3);
    close(dimensions[6]!.largest, 1);
    close(dimensions[6]!.recordedSpread, Math.sqrt(2) / 3);
  });

  it('adds up over episodes as over one', () => {
    const [whole, first, second] = [0, 1, 2].map(() => new OpenLoopErrors(0.2, 1));
    for (let tick = 0; tick < 4; tick++) {
      whole!.add(chunkAt(tick), recordedAt);
      (tick < 2 ? first! : second!).add(chunkAt(tick), recordedAt);
    }
    first!.merge(second!);
    assert.deepEqual(first!.figures(), whole!.figures());
  });

  it('says that there is nothing to compare', () => {
    const errors = new OpenLoopErrors(0.2, 1);
    assert.equal(errors.add(chunkAt(9), recordedAt), undefined);
    const { compared, dimensions } = errors.figures();
    assert.equal(compared, 0);
    assert.ok(Number.isNaN(dimensions[0]!.mean));
  });
});

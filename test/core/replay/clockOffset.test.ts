import assert from 'node:assert/strict';
import { clockOffset } from '../../../core/replay/clockOffset.ts';

const SEC = 1_000_000_000n;
const at = (logSec: number, stampSec: number) => ({
  logNs: BigInt(logSec) * SEC,
  stampNs: BigInt(stampSec) * SEC,
});

describe('clockOffset', () => {
  it('is nothing where log times and stamps are of one clock', () => {
    assert.equal(clockOffset([at(100, 99), at(101, 100)]), 0n);
    assert.equal(clockOffset([]), 0n);
  });

  it('is that of the first reading where they are not', () => {
    assert.equal(clockOffset([at(1000, 1), at(1003, 2), at(1005, 4)]), 999n * SEC);
  });

  it('leaves out readings that no others agree with', () => {
    assert.equal(
      clockOffset([at(0, 1000), at(0, 1000), at(1000, 1000), at(1001, 1001), at(1002, 1002)]),
      0n,
    );
    assert.equal(clockOffset([at(1000, 0), at(1001, 2), at(1002, 3)]), 1000n * SEC);
    assert.equal(clockOffset([at(5000, 1), at(1001, 2), at(1002, 3)]), 999n * SEC);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NewestOfEach, ReliableFirst, type Origin } from '../../nodes/shared/node/NewestOfEach.ts';

const from = (publisher: number, number: number, stampNs = 0): Origin => ({
  publisherGid: Uint8Array.of(publisher >> 8, publisher & 255, 3),
  publicationSequenceNumber: BigInt(number),
  sourceTimestamp: BigInt(stampNs),
});

describe('NewestOfEach', () => {
  it('takes a message once, however often it comes', () => {
    const newest = new NewestOfEach();
    assert.deepEqual(
      [1, 1, 1, 2, 2, 2].map((number) => newest.isNew(from(1, number))),
      [true, false, false, true, false, false],
    );
  });

  it('leaves out what its publisher has overtaken, so that the last word stays the last', () => {
    const newest = new NewestOfEach();
    const heard = [1, 3, 2, 4].filter((number) => newest.isNew(from(1, number)));
    assert.deepEqual(heard, [1, 3, 4]);
  });

  it('tells publishers apart', () => {
    const newest = new NewestOfEach();
    assert.ok(newest.isNew(from(1, 5)));
    assert.ok(newest.isNew(from(2, 1)));
    assert.ok(!newest.isNew(from(1, 5)));
  });

  it('goes by the time of sending where the middleware does not count', () => {
    const newest = new NewestOfEach();
    assert.deepEqual(
      [10, 10, 9, 11].map((stamp) => newest.isNew(from(1, -1, stamp))),
      [true, false, false, true],
    );
  });

  it('takes everything where nothing tells one message from another', () => {
    const newest = new NewestOfEach();
    assert.deepEqual([newest.isNew(from(1, 0)), newest.isNew(from(1, 0))], [true, true]);
  });

  it('forgets who was silent for longest, and no other', () => {
    const newest = new NewestOfEach();
    for (let publisher = 0; publisher < 64; publisher++) newest.isNew(from(publisher, 1));
    newest.isNew(from(0, 2));
    newest.isNew(from(500, 1));
    assert.ok(!newest.isNew(from(0, 2)), 'it has just spoken');
    assert.ok(newest.isNew(from(1, 1)), 'forgotten');
  });

  it('hears of each publisher an ascending course without repetitions, the newest included', () => {
    const message = fc.record({ publisher: fc.nat(5), number: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const newest = new NewestOfEach();
        const heard = messages.filter((one) => newest.isNew(from(one.publisher, one.number)));
        for (let publisher = 0; publisher <= 5; publisher++) {
          const of = (list: typeof messages) =>
            list.filter((one) => one.publisher === publisher).map(({ number }) => number);
          const ascending = [...new Set(of(heard))].sort((a, b) => a - b);
          assert.deepEqual(of(heard), ascending);
          assert.equal(
            of(heard).at(-1),
            of(messages).length ? Math.max(...of(messages)) : undefined,
          );
        }
      }),
    );
  });
});

describe('ReliableFirst', () => {
  it('takes all that comes reliably, though the other way runs ahead', () => {
    const ways = new ReliableFirst();
    const course: [number, boolean][] = [
      [1, true],
      [1, false],
      [5, false],
      [2, true],
      [3, true],
      [4, true],
      [5, true],
    ];
    const heard = course.filter(([number, isReliable]) => ways.counts(from(1, number), isReliable));
    assert.deepEqual(
      heard,
      course.filter(([, isReliable]) => isReliable),
    );
  });

  it('takes what comes best effort alone, each once', () => {
    const ways = new ReliableFirst();
    assert.ok(ways.counts(from(1, 1), true));
    const heard = [1, 2, 2, 4].map((number) => ways.counts(from(2, number), false));
    assert.deepEqual(heard, [true, true, false, true]);
  });

  it('takes what it heard best effort first not once more', () => {
    const ways = new ReliableFirst();
    assert.ok(ways.counts(from(1, 1), false));
    assert.ok(!ways.counts(from(1, 1), true));
    assert.ok(ways.counts(from(1, 2), true));
  });
});

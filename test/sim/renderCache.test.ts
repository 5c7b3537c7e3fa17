import assert from 'node:assert/strict';
import { ValueCache } from '../../sim/render/ValueCache.ts';

describe('ValueCache', () => {
  it('builds once for one content, whichever list carries it', () => {
    const built: (readonly number[])[] = [];
    const cache = new ValueCache((key: readonly number[]) => {
      built.push(key);
      return { sum: key.reduce((a, b) => a + b, 0) };
    });
    const key = [1, 2, 3];
    const value = cache.get(key);
    assert.equal(value.sum, 6);
    assert.equal(cache.get(key), value);
    assert.equal(cache.get([1, 2, 3]), value);
    assert.notEqual(cache.get([3, 2, 1]), value);
    assert.equal(built.length, 2);
  });

  it('forgets contents rather than grow for ever', () => {
    let built = 0;
    const cache = new ValueCache((key: readonly number[]) => {
      built++;
      return key[0]!;
    });
    for (let i = 0; i < 5000; i++) assert.equal(cache.get([i]), i);
    assert.equal(cache.get([0]), 0);
    assert.equal(built, 5001);
  });
});

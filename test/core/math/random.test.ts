import assert from 'node:assert/strict';
import { Random } from '../../../core/math/random.ts';

describe('Random', () => {
  it('gives the same numbers for ever: data and evaluations depend on them', () => {
    const random = new Random(1);
    const words = [random.nextUint32(), random.nextUint32(), random.nextUint32()];
    assert.deepEqual(words, [1778802063, 1185363056, 2279003820]);
  });

  it('takes the same seed as number, bigint and text', () => {
    const first = new Random(42).uniform();
    assert.equal(new Random(42n).uniform(), first);
    assert.equal(new Random('42').uniform(), first);
    assert.notEqual(new Random(43).uniform(), first);
  });

  it('forks by label, whatever was drawn before', () => {
    const fresh = new Random(5);
    const used = new Random(5);
    used.uniform();
    assert.equal(fresh.fork('a').uniform(), used.fork('a').uniform());
    assert.notEqual(fresh.fork('a').uniform(), fresh.fork('b').uniform());
  });

  it('is uniform within its bounds', () => {
    const random = new Random(6);
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      const x = random.uniform(2, 4);
      assert.ok(x >= 2 && x < 4);
      sum += x;
    }
    assert.ok(Math.abs(sum / 20_000 - 3) < 0.02, `mean ${sum / 20_000}`);
  });

  it('is normal with mean 0 and variance 1', () => {
    const random = new Random(7);
    const draws = Array.from({ length: 20_000 }, () => random.normal());
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    const beyondTwo = draws.filter((x) => Math.abs(x) > 2).length / draws.length;
    assert.ok(Math.abs(mean) < 0.03, `mean ${mean}`);
    assert.ok(Math.abs(variance - 1) < 0.05, `variance ${variance}`);
    assert.ok(Math.abs(beyondTwo - 0.0455) < 0.01, `beyond two sigma ${beyondTwo}`);
  });

  it('gives every integer below n equally often', () => {
    const random = new Random(8);
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 14_000; i++) counts[random.int(7)]! += 1;
    for (const count of counts) assert.ok(Math.abs(count - 2000) < 200, counts.join());
  });

  for (const n of [0, -1, 1.5, NaN, 2 ** 33]) {
    it(`refuses int(${n})`, () => assert.throws(() => new Random(1).int(n), RangeError));
  }

  it('shuffles a copy and picks members', () => {
    const list = ['a', 'b', 'c', 'd', 'e'];
    const random = new Random(9);
    const shuffled = random.shuffle(list);
    assert.deepEqual([...shuffled].sort(), list);
    assert.deepEqual(list, ['a', 'b', 'c', 'd', 'e']);
    assert.ok(list.includes(random.pick(list)));
    assert.throws(() => random.pick([]), RangeError);
  });
});

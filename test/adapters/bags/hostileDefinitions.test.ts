import assert from 'node:assert/strict';
import type { BagTopic } from '../../../adapters/bags/Bag.ts';
import { messageDecoder } from '../../../adapters/bags/MessageDecoder.ts';

const LINE = '='.repeat(80);
const topicOf = (text: string): BagTopic => ({
  name: '/x',
  type: 'x/msg/X',
  encoding: 'cdr',
  definition: { encoding: 'ros2msg', text },
  count: 1,
  qosProfiles: '',
});
const msg = (name: string, text: string) => `${LINE}\nMSG: ${name}\n${text}\n`;

describe('messageDecoder of definitions that are made to harm', () => {
  const doubling = Array.from({ length: 40 }, (_, i) =>
    msg(`x/T${i}`, i === 39 ? 'uint8 a' : `T${i + 1} a\nT${i + 1} b`),
  );
  const REFUSALS: readonly (readonly [title: string, text: string, reason: RegExp])[] = [
    ['a list of nothing', `E[] all\n${msg('x/E', '')}`, /a list of things without content/],
    ['a list of constants', `E[9] all\n${msg('x/E', 'int32 A=1')}`, /without content/],
    ['a type within itself', `int32 a\nE e\n${msg('x/E', 'E[] more')}`, /contains itself/],
    [
      'two types within each other',
      `A a\n${msg('x/A', 'B b')}${msg('x/B', 'A a')}`,
      /bad definition of/,
    ],
    ['types that double forty times', `T0 a\n${doubling.join('')}`, /more than 10000 fields/],
    ['no definition', 'int32', /bad definition of x\/msg\/X/],
  ];
  for (const [title, text, reason] of REFUSALS) {
    it(`refuses ${title}`, () => {
      const decoding = messageDecoder(topicOf(text));
      assert.ok(!decoding.ok);
      assert.match(decoding.reason, reason);
    });
  }

  it('takes lists of things that have content, and things that have none', () => {
    const text = `E e\nP[] all\n${msg('x/E', '')}${msg('x/P', 'uint8 a')}`;
    const decoding = messageDecoder<{ readonly all: readonly unknown[] }>(topicOf(text));
    assert.ok(decoding.ok, decoding.ok ? '' : decoding.reason);
  });

  it('decodes no message that is larger than any', () => {
    const decoding = messageDecoder<{ readonly all: readonly string[] }>(topicOf('string[] all'));
    assert.ok(decoding.ok);
    const bytes = new Uint8Array((1 << 22) + 1);
    bytes[1] = 1;
    assert.throws(() => decoding.decode(bytes), /expected at most 4194304 bytes, found 4194305/);
    assert.deepEqual(decoding.decode(bytes.subarray(0, 8)).all, []);
  });
});

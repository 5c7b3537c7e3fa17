import assert from 'node:assert/strict';
import { parse } from '@foxglove/rosmsg';
import { MessageReader } from '@foxglove/rosmsg2-serialization';
import { stringBytes } from '../../adapters/messages/stringBytes.ts';

const reader = new MessageReader<{ data: string }>(parse('string data', { ros2: true }));

describe('stringBytes', () => {
  for (const text of [
    '',
    'put the spoon on the towel',
    'lege den Löffel weg',
    '把勺子放在毛巾上',
    '🥄',
  ]) {
    it(`writes ${JSON.stringify(text)} as CDR`, () => {
      const bytes = stringBytes(text);
      assert.equal(bytes.length, 9 + Buffer.byteLength(text));
      assert.deepEqual(reader.readMessage(bytes), { data: text });
    });
  }

  it('is what rclcpp sends', () => {
    const expected = '00010000 04000000 61626300'.replaceAll(' ', '');
    assert.equal(Buffer.from(stringBytes('abc')).toString('hex'), expected);
  });
});

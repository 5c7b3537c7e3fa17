import assert from 'node:assert/strict';
import {
  type ArmRecord,
  formatArmRecord,
  heldSince,
  parseArmRecord,
} from '../../../core/control/ArmRecord.ts';

const now = new Date('2026-01-02T03:04:05Z');

describe('ArmRecord', () => {
  it('is read as it was written', () => {
    const records: ArmRecord[] = [
      { stop: heldSince('by the operator', now) },
      { fault: heldSince('driver: "torque" is off\n', now), speedScale: 0.1 },
      { stop: heldSince('a', now), fault: heldSince('b', now), speedScale: 0.05 },
    ];
    for (const record of records) {
      const parsed = parseArmRecord(formatArmRecord(record)!);
      assert.ok(parsed.ok);
      assert.deepEqual(JSON.parse(JSON.stringify(parsed.record)), record);
    }
  });

  it('is nothing where nothing holds the arm back', () => {
    assert.equal(formatArmRecord({}), undefined);
    assert.equal(
      formatArmRecord({ stop: undefined, fault: undefined, speedScale: undefined }),
      undefined,
    );
  });

  it('cuts words that are long', () => {
    const { reason } = heldSince('x'.repeat(10_000_000), now);
    assert.equal(reason.length, 512);
    assert.ok(reason.endsWith('x…'));
  });

  const stop = { reason: 'a', since: 'b' };
  const frame = { format: 'st4vla arm', version: 1 };
  for (const [what, text, reason] of [
    ['no text', '', /^expected JSON/],
    ['half a text', '{"format": "st4vla a', /^expected JSON/],
    ['a list', '[]', /^record: expected an object, found \[\]$/],
    ['another format', '{"format":"other"}', /^format: expected "st4vla arm", found "other"$/],
    ['a later version', { ...frame, version: 2 }, /^version: expected 1, found 2$/],
    ['a stop without words', { ...frame, stop: {} }, /^stop: expected reason and since/],
    ['a stop of null', { ...frame, stop: null }, /^stop: expected reason and since/],
    ['a fault that is a text', { ...frame, fault: 'a' }, /^fault: expected reason and since/],
    [
      'a speed above the limit',
      { ...frame, speed_scale: 2 },
      /^speed_scale: .* from 0.05 to 1, found 2$/,
    ],
    ['a speed of 0', { ...frame, speed_scale: 0 }, /^speed_scale: /],
    [
      'a field that nobody knows',
      { ...frame, stop, stopp: stop },
      /^stopp: expected no such field/,
    ],
  ] as const) {
    it(`counts for nothing with ${what}`, () => {
      const parsed = parseArmRecord(typeof text === 'string' ? text : JSON.stringify(text));
      assert.ok(!parsed.ok);
      assert.match(parsed.reason, reason);
    });
  }
});

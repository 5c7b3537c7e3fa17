import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { encode } from '@msgpack/msgpack';
import { internVlaM1 } from '../../../adapters/remote/dialects/internVlaM1.ts';
import { openpi } from '../../../adapters/remote/dialects/openpi.ts';
import { starVla } from '../../../adapters/remote/dialects/starVla.ts';
import type { Dialect, WireMap } from '../../../adapters/remote/dialects/Dialect.ts';
import { float32Array } from '../../../adapters/remote/NdArray.ts';
import { decodeFrame, encodeFrame } from '../../../adapters/remote/wire.ts';
import { Random } from '../../../core/math/random.ts';
import { fixturePath } from '../model/tinyModel.ts';

const INSTRUCTION = 'put the spoon on the towel';
const STATE = [0.25, 0, 0.125, 0, 0.5, 0, 1];
const MODEL = { name: 'm', statisticsKey: 'bridge_dataset', horizon: 16, dim: 7, stateDim: 7 };

/** As numpy and msgpack of Python pack it, see test/fixtures/make_wire_frames.py. */
const frame = (name: string) => readFileSync(fixturePath(`wire/${name}.bin`));

/** `ROUNDS=1000000 npm test -- adapters/remote/wire` takes half a minute. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 30_000);

/** Pixel (row, column, channel) of the pictures in the frames. */
const PIXELS = Uint8Array.from({ length: 4 * 6 * 3 }, (_, i) => {
  const [row, column, channel] = [Math.floor(i / 18), Math.floor(i / 3) % 6, i % 3];
  return row * 60 + column * 9 + channel * 2;
});

function parsed(dialect: Dialect, name: string) {
  const message = decodeFrame(frame(name)) as WireMap;
  assert.ok(dialect.recognises(message));
  const request = dialect.parse(message, MODEL);
  assert.equal(request.kind, 'infer');
  return request.kind === 'infer' ? request.requests : [];
}

describe('frames of Python clients', () => {
  const cases: [Dialect, string, number | undefined][] = [
    [openpi, 'openpi', undefined],
    [openpi, 'openpi-channels-first', 3],
    [internVlaM1, 'internvla-m1', undefined],
    [starVla, 'starvla', undefined],
  ];
  for (const [dialect, name, tick] of cases) {
    it(`${name} is read by ${dialect.name}, and by no other dialect`, () => {
      const image = { width: 6, height: 4, data: PIXELS };
      const [request, ...others] = parsed(dialect, name);
      assert.deepEqual(others, []);
      assert.deepEqual(
        {
          ...request,
          images: request!.images.map((one) => ({ ...one, data: Uint8Array.from(one.data) })),
        },
        { images: [image], instruction: INSTRUCTION, state: STATE, tick },
      );
      const message = decodeFrame(frame(name)) as WireMap;
      const dialects = [openpi, internVlaM1, starVla];
      assert.deepEqual(
        dialects.filter((one) => one.recognises(message)),
        [dialect],
      );
    });
  }

  it('a ping is one', () => {
    const message = decodeFrame(frame('ping')) as WireMap;
    assert.deepEqual(internVlaM1.parse(message, MODEL), { kind: 'ping' });
  });
});

describe('decodeFrame', () => {
  it('reads what encodeFrame wrote, arrays with binary keys', () => {
    const actions = float32Array(Float32Array.of(1, -2, 0.5, 4), [2, 2]);
    const message = { actions, list: [1, 'a', null, true], map: { x: -3.25 }, absent: undefined };
    const bytes = encodeFrame(message);
    const { absent, ...present } = message;
    assert.equal(absent, undefined);
    const found = decodeFrame(bytes) as typeof message;
    assert.deepEqual(
      { ...found, actions: { ...found.actions, data: Uint8Array.from(found.actions.data) } },
      { ...present, actions: { ...actions, data: Uint8Array.from(actions.data) } },
    );
    assert.ok(Buffer.from(bytes).includes(Buffer.from([0xc4, 11, ...Buffer.from('__ndarray__')])));
  });

  const array = (fields: object) => encode({ __ndarray__: true, ...fields });
  const data = new Uint8Array(4);
  const refused: [string, Uint8Array, RegExp][] = [
    ['nothing', new Uint8Array(), /MessagePack/],
    ['a cut message', frame('openpi').subarray(0, 200), /ends in the middle/],
    ['two values', Uint8Array.of(1, 2), /one value in a message/],
    ['an extension type', Uint8Array.of(0xd4, 1, 0), /without extension types/],
    [
      'an array that claims 4 billion values',
      Uint8Array.of(0xdd, 255, 255, 255, 255),
      /MessagePack/,
    ],
    ['a text that claims 4 GB', Uint8Array.of(0xdb, 255, 255, 255, 255), /ends in the middle/],
    ['deep nesting', new Uint8Array(100_000).fill(0x91), /at most 12 levels/],
    [
      'many values',
      Buffer.concat([Uint8Array.of(0xdd, 0, 1, 0, 0), Buffer.alloc(65536)]),
      /at most 20000/,
    ],
    ['objects', array({ dtype: '|O', shape: [1], data }), /dtype/],
    ['another dtype', array({ dtype: 'constructor', shape: [1], data }), /dtype/],
    [
      'too few bytes',
      array({ dtype: '<f4', shape: [2], data }),
      /expected 8 bytes of data, found 4/,
    ],
    ['a negative size', array({ dtype: '<f4', shape: [-1], data }), /shape/],
    [
      'a shape whose product overflows',
      array({ dtype: '<f8', shape: Array(6).fill(1 << 24), data }),
      /bytes/,
    ],
    ['bytes outside an array', encode({ a: data }), /in arrays only/],
    ['the prototype of all objects', encode({ ['__proto__']: 1 }), /__proto__/],
  ];
  for (const [name, bytes, reason] of refused) {
    it(`refuses ${name}`, () =>
      assert.throws(() => decodeFrame(bytes), { name: 'RangeError', message: reason }));
  }

  it('refuses or reads whatever mutations of frames come, and throws nothing else', function () {
    this.timeout(ROUNDS);
    const random = new Random('frames');
    const frames = ['openpi', 'internvla-m1', 'starvla'].map(frame);
    let read = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = Uint8Array.from(frames[round % 3]!);
      for (let i = random.int(4); i >= 0; i--) bytes[random.int(bytes.length)] = random.int(256);
      const cut = random.uniform() < 0.2 ? bytes.subarray(0, random.int(bytes.length)) : bytes;
      try {
        const message = decodeFrame(cut);
        if (typeof message !== 'object' || message === null || Array.isArray(message)) continue;
        for (const dialect of [openpi, internVlaM1, starVla])
          if (dialect.recognises(message as WireMap)) dialect.parse(message as WireMap, MODEL);
        read += 1;
      } catch (error) {
        assert.ok(error instanceof RangeError, String((error as Error).stack));
      }
    }
    assert.ok(read > ROUNDS / 30, `${read} of ${ROUNDS} were read`);
  });
});

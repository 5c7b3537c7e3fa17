import assert from 'node:assert/strict';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { decodeCompressedImage } from '../../adapters/image/decodeCompressedImage.ts';
import { decodeRawImage } from '../../adapters/image/decodeRawImage.ts';
import { encodeJpeg, encodePng } from '../../adapters/image/encodeImage.ts';
import { Random } from '../../core/math/random.ts';
import { noise } from './goldenImage.ts';

function pngChunk(name: string, body: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(body.length);
  bytes.write(name, 4, 'latin1');
  body.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
  return bytes;
}

/** A PNG of grey levels whose pixels are all 0, which are a thousandth of that as they are stored. */
function blackPng(width: number, height: number, ...others: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = Buffer.alloc(Math.min((width + 1) * height, 70e6));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    ...others,
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

async function refusal(data: Buffer): Promise<string> {
  const result = await decodeCompressedImage(data);
  assert.ok(!result.ok, 'expected a refusal');
  return `${result.fault.code}: ${result.fault.message}`;
}

describe('pictures that are made to harm', () => {
  it('are refused by their header in a moment', async () => {
    const wide = blackPng(64_000_000, 1);
    assert.ok(wide.length < 100_000);
    const jpeg = await sharp({
      create: { width: 9000, height: 3, channels: 3, background: 'red' },
    })
      .jpeg()
      .toBuffer();
    const large = blackPng(8000, 8000);
    const largest = blackPng(2 ** 31 - 1, 2 ** 31 - 1);
    // The time of a picture that is decoded is the measure.
    const good = await encodePng({ width: 2000, height: 2000, data: noise(1, 12e6) });
    const timeOf = async (work: () => Promise<unknown>) => {
      const startMs = performance.now();
      await work();
      return performance.now() - startMs;
    };
    const goodMs = await timeOf(() => decodeCompressedImage(good));
    const hostileMs = await timeOf(async () => {
      assert.match(await refusal(wide), /^size: size 64000000 x 1, expected at most 8192 a side/);
      assert.match(await refusal(jpeg), /^size: size 9000 x 3/);
      assert.match(await refusal(large), /and 25000000 pixels/);
      assert.match(await refusal(largest), /size|data/);
    });
    assert.ok(hostileMs < 2 * goodMs, `${hostileMs} ms, beside ${goodMs} ms`);
  });

  it('are judged by the limits that are given', async () => {
    const png = await encodePng({ width: 30, height: 20, data: noise(1, 1800) });
    const okay = async (maxSide: number, maxPixels: number) =>
      (await decodeCompressedImage(png, { maxSide, maxPixels })).ok;
    assert.deepEqual(
      [await okay(30, 600), await okay(29, 600), await okay(30, 599)],
      [true, false, false],
    );
    const raw = { width: 30, height: 20, encoding: 'mono8', step: 30, data: noise(1, 600) };
    const limits = { maxSide: 29, maxPixels: 1e6 };
    assert.equal(decodeRawImage(raw, { limits }).ok, false);
    assert.equal(decodeRawImage(raw, { limits: { maxSide: 30, maxPixels: 600 } }).ok, true);
  });

  it('go over a picture again and again no more than pictures do', async () => {
    const pixels = { raw: { width: 64, height: 64, channels: 3 as const } };
    const jpeg = await sharp(noise(2, 64 * 64 * 3), pixels)
      .jpeg({ progressive: true })
      .toBuffer();
    assert.equal((await decodeCompressedImage(jpeg)).ok, true);
    const scan = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]));
    const again = Array.from({ length: 90 }, () => jpeg.subarray(scan, -2));
    const many = Buffer.concat([jpeg.subarray(0, -2), ...again, jpeg.subarray(-2)]);
    assert.match(await refusal(many), /a JPEG of \d+ scans, expected at most 40/);
  });

  it('hide nothing large in what is no picture', async () => {
    const zeros = deflateSync(Buffer.alloc(200e6));
    const before = process.memoryUsage().rss;
    for (const [name, head] of [
      ['zTXt', 'a\0\0'],
      ['iCCP', 'a\0\0'],
      ['iTXt', 'a\0\x01\0\0\0'],
    ] as const) {
      const chunk = pngChunk(name, Buffer.concat([Buffer.from(head, 'latin1'), zeros]));
      await decodeCompressedImage(blackPng(8, 8, chunk));
    }
    const grownBy = process.memoryUsage().rss - before;
    assert.ok(grownBy < 150e6, `${grownBy / 1e6} MB more`);
  });

  it('come out right or are refused, whatever is wrong with them', async () => {
    const picture = { width: 40, height: 30, data: noise(3, 3600) };
    const progressive = sharp(await encodePng(picture)).jpeg({ progressive: true });
    const originals = [
      await encodeJpeg(picture),
      await encodePng(picture),
      await progressive.toBuffer(),
    ];
    const random = new Random(7n);
    const upTo = (end: number) => Math.floor(random.uniform() * end);
    const counts = { good: 0, refused: 0 };
    for (let i = 0; i < 1500; i++) {
      const bytes = Buffer.from(originals[i % 3]!);
      for (let n = upTo(4); n >= 0; n--) bytes[upTo(bytes.length)] = upTo(256);
      const result = await decodeCompressedImage(bytes);
      counts[result.ok ? 'good' : 'refused'] += 1;
      if (!result.ok) continue;
      const { width, height, data } = result.image;
      assert.ok(width * height <= 25e6 && data.length === width * height * 3);
    }
    assert.ok(counts.good > 100 && counts.refused > 100, JSON.stringify(counts));
  });
});

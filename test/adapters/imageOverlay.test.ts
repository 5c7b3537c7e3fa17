import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Canvas } from '../../adapters/image/Canvas.ts';
import { contactSheet } from '../../adapters/image/ContactSheet.ts';
import { decodeCompressedImage } from '../../adapters/image/decodeCompressedImage.ts';
import { writePng } from '../../adapters/image/encodeImage.ts';
import { drawPlan } from '../../adapters/image/PlanOverlay.ts';
import type { DrawablePlan } from '../../adapters/image/PlanOverlay.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';

const gray: RgbImage = Canvas.blank(100, 80, [128, 128, 128]).image;
const nothing: DrawablePlan = { boxes: [], points: [], trajectory: [] };

function pixel({ width, data }: RgbImage, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

function touched(image: RgbImage, x: number, y: number): boolean {
  return pixel(image, x, y).some((value) => value !== 128);
}

describe('drawPlan', () => {
  it('leaves the picture alone without a plan, and never writes to the original', () => {
    const before = Uint8Array.from(gray.data);
    assert.deepEqual(drawPlan(gray, nothing).data, before);
    drawPlan(gray, { ...nothing, points: [{ label: 'pick', x: 0.5, y: 0.5, score: 1 }] });
    assert.deepEqual(gray.data, before);
  });

  it('outlines a box where it is, and leaves its inside free', () => {
    const box = { label: 'source', x1: 0.2, y1: 0.5, x2: 0.6, y2: 0.9, score: 1 };
    const image = drawPlan(gray, { ...nothing, boxes: [box] });
    for (const [x, y] of [
      [20, 55],
      [60, 55],
      [40, 40],
      [40, 72],
    ] as const) {
      const near = [x - 1, x].some((u) => [y - 1, y].some((v) => touched(image, u, v)));
      assert.ok(near, `edge near ${x}, ${y}`);
    }
    assert.ok(!touched(image, 40, 56));
    assert.ok(!touched(image, 70, 56));
  });

  it('puts a point on its pixel, and the line between two waypoints', () => {
    const image = drawPlan(gray, {
      boxes: [],
      points: [{ label: 'place', x: 0.255, y: 0.50625, score: 1 }],
      trajectory: [
        { x: 0.5, y: 0.2 },
        { x: 0.9, y: 0.2 },
      ],
    });
    assert.deepEqual(pixel(image, 25, 40), [0, 140, 255]);
    assert.ok(touched(image, 70, 16) || touched(image, 70, 15));
    assert.ok(!touched(image, 70, 40));
  });

  it('survives points that are far outside or not numbers', () => {
    const points = [-50, 50, Number.NaN, Infinity].map((x) => ({
      label: 'pick',
      x,
      y: 0.5,
      score: 1,
    }));
    const boxes = [{ label: 'x', x1: Number.NaN, y1: 0, x2: 1, y2: 1e9, score: 1 }];
    const image = drawPlan(gray, { boxes, points, trajectory: [{ x: Infinity, y: 0 }] });
    assert.equal(image.data.length, gray.data.length);
  });
});

describe('Canvas', () => {
  it('writes letters of the built-in font', () => {
    const canvas = Canvas.blank(12, 8, [0, 0, 0]);
    canvas.text(0, 0, 'L', { color: [255, 255, 255], scale: 1 });
    const rows = Array.from({ length: 8 }, (_, y) =>
      Array.from({ length: 6 }, (__, x) => (pixel(canvas.image, x, y)[0] === 255 ? '#' : '.')).join(
        '',
      ),
    );
    assert.deepEqual(rows, [...Array<string>(6).fill('#.....'), '#####.', '......']);
  });
});

describe('contactSheet', () => {
  const cell = { image: gray, caption: 'seed 7' } as const;

  it('lays cells out in rows and frames them by outcome', () => {
    const sheet = contactSheet([{ ...cell, frame: 'good' }, { ...cell, frame: 'bad' }, cell], 2);
    const single = contactSheet([cell], 2);
    assert.ok(sheet.width > 200 && sheet.width < 230);
    assert.ok(sheet.height > 160 && sheet.height < 210);
    assert.ok(single.width < 120 && single.height < 110);
    assert.deepEqual(pixel(sheet, 5, 30), [30, 160, 70]);
    assert.deepEqual(pixel(sheet, 5 + 108, 30), [214, 48, 49]);
    assert.deepEqual(pixel(sheet, 30, 30), [128, 128, 128]);
  });

  it('cuts captions to the picture', () => {
    const long = contactSheet([{ image: gray, caption: 'x'.repeat(500) }], 1);
    assert.equal(long.width, contactSheet([cell], 1).width);
  });

  it('refuses an empty sheet and a wrong number of columns', () => {
    assert.throws(() => contactSheet([], 3), /at least one cell/);
    assert.throws(() => contactSheet([cell], 0), /positive integer, found 0/);
  });

  it('is written as a PNG, with the folders it needs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'st4vla-sheet-'));
    try {
      const path = join(folder, 'a', 'b', 'sheet.png');
      const sheet = contactSheet([cell], 1);
      await writePng(sheet, path);
      const back = await decodeCompressedImage(await readFile(path));
      assert.ok(back.ok);
      assert.deepEqual([back.image.width, back.image.height], [sheet.width, sheet.height]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

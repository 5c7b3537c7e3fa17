import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ANSWER_KINDS } from '../../../core/plan/AnswerKind.ts';
import { readSpatialText } from '../../../core/plan/readSpatialText.ts';

const SIZE = { width: 224, height: 160 };
const kind = fc.constantFrom(...ANSWER_KINDS);
/** Words without what opens a list. */
const prose = fc.string({ unit: fc.constantFrom(...'abc de.,!?:\n'.split('')), maxLength: 30 });
const label = fc.string({ maxLength: 12 });
const x = fc.integer({ min: 0, max: SIZE.width - 1 });
const y = fc.integer({ min: 0, max: SIZE.height - 1 });
const box = fc
  .tuple(x, y, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), label)
  .map(([x1, y1, w, h, name]) => ({
    bbox_2d: [x1, y1, Math.min(SIZE.width, x1 + w), Math.min(SIZE.height, y1 + h)],
    label: name,
  }));
/** What language models write: nearly anything made of these. */
const babble = fc.string({
  unit: fc.constantFrom(
    ...'[](){}",:\''.split(''),
    '12',
    '7.5',
    ' ',
    '-3',
    'e',
    'bbox_2d',
    '"label"',
    '\\',
  ),
  maxLength: 60,
});

describe('readSpatialText, whatever the text', () => {
  it('gives back what was written, in any of the usual forms and with prose around it', () => {
    const forms = [
      (boxes: object[]) => JSON.stringify(boxes),
      (boxes: object[]) => `\`\`\`json\n${JSON.stringify(boxes, null, 2)}\n\`\`\``,
      (boxes: object[]) => boxes.map((one) => JSON.stringify(one)).join('\n'),
    ];
    const form = fc.constantFrom(...forms);
    fc.assert(
      fc.property(
        fc.array(box, { minLength: 1, maxLength: 4 }),
        form,
        prose,
        (boxes, to, words) => {
          const text = `${words}${to(boxes)}${words}`;
          const reading = readSpatialText(text, 'boxes', SIZE);
          assert.deepEqual(reading.problems, []);
          const found = reading.boxes.map((one) => ({
            bbox_2d: [
              Math.round(one.x1 * SIZE.width),
              Math.round(one.y1 * SIZE.height),
              Math.round(one.x2 * SIZE.width),
              Math.round(one.y2 * SIZE.height),
            ],
            label: one.label,
          }));
          assert.deepEqual(found, boxes);
        },
      ),
    );
  });

  it('never reads out of half an answer what the whole one does not have', () => {
    const boxes = fc.array(box, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(boxes, fc.double({ min: 0, max: 1, noNaN: true }), (written, part) => {
        const text = JSON.stringify(written);
        const half = text.slice(0, Math.floor(part * text.length));
        const corners = (source: string) =>
          readSpatialText(source, 'boxes', SIZE).boxes.map((one) =>
            [one.x1, one.y1, one.x2, one.y2].join(),
          );
        const whole = corners(text);
        assert.deepEqual(corners(half), whole.slice(0, corners(half).length));
      }),
    );
  });

  it('never throws, stays in the picture, and says so where it reads nothing', () => {
    fc.assert(
      fc.property(fc.oneof(babble, fc.string()), kind, (text, asked) => {
        const reading = readSpatialText(text, asked, SIZE);
        const { boxes, points, trajectory, isReadable, problems } = reading;
        const inside = (...numbers: number[]) => numbers.every((n) => n >= 0 && n <= 1);
        assert.ok(boxes.every((one) => one.x1 < one.x2 && one.y1 < one.y2));
        assert.ok(boxes.every((one) => inside(one.x1, one.y1, one.x2, one.y2)));
        assert.ok([...points, ...trajectory].every((one) => inside(one.x, one.y)));
        if (!isReadable) assert.ok(problems.length > 0);
        if (!isReadable) assert.equal(boxes.length + points.length + trajectory.length, 0);
      }),
      { numRuns: 2000 },
    );
  });
});

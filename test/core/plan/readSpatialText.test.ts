import assert from 'node:assert/strict';
import type { AnswerKind } from '../../../core/plan/AnswerKind.ts';
import { readSpatialText } from '../../../core/plan/readSpatialText.ts';

const SIZE = { width: 200, height: 100 };

/** What was read, in pixels: `cup 20 10 40 30`, waypoints as `20 10`. */
function read(text: string, kind: AnswerKind, isComplete = true): string[] {
  const { boxes, points, trajectory } = readSpatialText(text, kind, { ...SIZE, isComplete });
  const place = (...numbers: number[]) =>
    numbers.map((n, i) => Math.round(n * (i % 2 === 0 ? 200 : 100))).join(' ');
  return [
    ...boxes.map(({ label, x1, y1, x2, y2 }) => `${label} ${place(x1, y1, x2, y2)}`.trim()),
    ...points.map(({ label, x, y }) => `${label} ${place(x, y)}`.trim()),
    ...trajectory.map(({ x, y }) => place(x, y)),
  ];
}

type Case = readonly [text: string, expected: readonly string[], problem?: RegExp];

const CUT = /ends in the middle/;
const cases: Readonly<Record<AnswerKind, readonly Case[]>> = {
  boxes: [
    ['[{"bbox_2d": [20, 10, 40, 30], "label": "cup"}]', ['cup 20 10 40 30']],
    ['```json\n[{"bbox_2d": [20, 10, 40, 30], "label": "cup"}]\n```', ['cup 20 10 40 30']],
    ['{"bbox_2d": [20, 10, 40, 30], "label": "cup"}', ['cup 20 10 40 30']],
    ['{"label": "cup", "bbox": [20, 10, 40, 30]}', ['cup 20 10 40 30']],
    ["[{'bbox_2d': [20, 10, 40, 30], 'label': 'cup'}]", ['cup 20 10 40 30']],
    ['[{bbox_2d: [20, 10, 40, 30], label: "cup"}]', ['cup 20 10 40 30']],
    ['{"x1": 20, "y1": 10, "x2": 40, "y2": 30, "label": "cup"}', ['cup 20 10 40 30']],
    ['{"objects": [{"label": "cup", "box": [20, 10, 40, 30]}]}', ['cup 20 10 40 30']],
    ['[20, 10, 40, 30]', ['20 10 40 30']],
    ['[[20, 10, 40, 30], [60, 50, 80, 70]]', ['20 10 40 30', '60 50 80 70']],
    ['[20, 10, 40, 30]\n[60, 50, 80, 70]', ['20 10 40 30', '60 50 80 70']],
    ['(20,10),(40,30)', ['20 10 40 30']],
    ['[[20, 10], [40, 30]]', ['20 10 40 30']],
    ['20, 10, 40, 30', ['20 10 40 30']],
    ['The cup is at [20, 10, 40, 30].', ['20 10 40 30']],
    ["Sure! It's here (the cup's box: [20, 10, 40, 30]) as asked.", ['20 10 40 30']],
    ['[20.4, 10.4, 40, 30,]', ['20 10 40 30']],
    ['[20 10 40 30]', ['20 10 40 30']],
    ['[{"bbox_2d": [20, 10, 40, 30], "label": "a \\"big\\" cup"}]', ['a "big" cup 20 10 40 30']],
    ['[{"bbox_2d": [20, 10, 40, 30]}, {"bbox_2d": [60, 50, 80', ['20 10 40 30'], CUT],
    ['[{"bbox_2d": [20, 10, 40, 30], "label": "cu', ['20 10 40 30'], CUT],
    ['[{"bbox_2d": [20, 10, 40, 30', [], CUT],
    ['[{"bbox_2d": [20, 10, 40, 3', [], CUT],
    ['[{"bbox_2d": [20, 10, 40, 30]}', ['20 10 40 30'], CUT],
    ['[40, 30, 20, 10]', ['20 10 40 30']],
    ['[40, 10, 20, 30]', ['20 10 40 30']],
    ['[-2, 10, 40, 102]', ['0 10 40 100']],
    ['[20, 10, 400, 30]', [], /\[20, 10, 400, 30\] is outside the picture of 200 x 100/],
    ['[-20, 10, 40, 30]', [], /outside/],
    ['[20, 10, 1e999, 30]', [], /outside/],
    ['[[20, 10, 40, 30], [500, 500, 900, 900]]', ['20 10 40 30'], /\[500.* is outside/],
    ['[20, 10, 20, 30]', [], /no area/],
    ['[20, 10, 40]', [], /4 numbers for a box, found a list of 3/],
    ['[20, 10, 40, 30, 50]', [], /found a list of 5/],
    ['[20, 10, 40 px, 30]', [], /found a list of 5/],
    ['{"point_2d": [20, 10]}', [], /4 numbers for a box, found a list of 2/],
    ['{"bbox_2d": "unknown"}', [], /no coordinates/],
    ['20, 10, 40', [], /4 numbers for a box, found a list of 3/],
    ['There are 2 cups and 4 plates.', [], /no coordinates/],
    ['', [], /no coordinates/],
    ['[', [], CUT],
    [']}', [], /no coordinates/],
    ['[1]', [], /no coordinates/],
    [`${'['.repeat(500)}20, 10, 40, 30`, [], CUT],
    ['[]', []],
    ['```json\n[]\n```', []],
  ],
  points: [
    ['[{"point_2d": [20, 10], "label": "cup"}]', ['cup 20 10']],
    ['{"point": [20, 10]}', ['20 10']],
    ['[{"x": 20, "y": 10, "label": "cup"}]', ['cup 20 10']],
    ['[20, 10]', ['20 10']],
    ['[[20, 10], [40, 30]]', ['20 10', '40 30']],
    ['(20, 10)', ['20 10']],
    ['20 10', ['20 10']],
    ['[[20, 10], [40, 3', ['20 10'], CUT],
    ['[20, 10, 40, 30]', [], /2 numbers for a point, found a list of 4/],
    ['[203, 10]', ['200 10']],
    ['[230, 10]', [], /outside/],
  ],
  trajectory: [
    ['[[20, 10], [40, 30], [60, 50]]', ['20 10', '40 30', '60 50']],
    ['{"trajectory": [[20, 10], [40, 30]]}', ['20 10', '40 30']],
    ['[{"point_2d": [20, 10]}, {"point_2d": [40, 30]}]', ['20 10', '40 30']],
    ['(20, 10), (40, 30), (60, 50)', ['20 10', '40 30', '60 50']],
    ['Move along [[20, 10], [40, 30]] to the plate.', ['20 10', '40 30']],
    ['[[20, 10], [40, 30], [60, 5', ['20 10', '40 30'], CUT],
    ['[[20, 10], [400, 30], [60, 50]]', [], /\[400, 30\] is outside/],
    ['[[20, 10], [40], [60, 50]]', [], /a list of 1/],
    ['[[20, 10], somewhere, [60, 50]]', [], /1 waypoints that cannot be read/],
    ['[[20, 10], [40, 30]] or [[60, 50], [80, 70]]', [], /2 paths/],
  ],
};

describe('readSpatialText', () => {
  for (const [kind, table] of Object.entries(cases)) {
    for (const [text, expected, problem] of table) {
      it(`reads ${kind} from ${JSON.stringify(text.slice(0, 70))}`, () => {
        assert.deepEqual(read(text, kind as AnswerKind), expected);
        const { problems, isReadable } = readSpatialText(text, kind as AnswerKind, SIZE);
        if (problem) assert.match(problems.join('; '), problem);
        else assert.deepEqual(problems, []);
        assert.equal(isReadable, expected.length > 0 || problem === undefined);
      });
    }
  }

  it('does not trust the last of plain numbers when the answer was cut off', () => {
    assert.deepEqual(read('20, 10, 40, 3', 'boxes', false), []);
  });
});

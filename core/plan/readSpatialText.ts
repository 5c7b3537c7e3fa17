import type { AnswerKind } from './AnswerKind.ts';
import { lenientValues, type LenientValue } from './LenientReader.ts';
import { boxIn, type PictureSize, pointIn } from './pictureCoordinates.ts';
import type { PlanBox, PlanPoint, PlanWaypoint } from './SpatialPlan.ts';

/** What could be read from an answer in words. */
export type SpatialReading = {
  readonly boxes: readonly PlanBox[];
  readonly points: readonly PlanPoint[];
  readonly trajectory: readonly PlanWaypoint[];
  /** False where the answer says nothing about places; that there is nothing is an answer. */
  readonly isReadable: boolean;
  /** What is in the answer that could not be read; nothing is guessed in its place. */
  readonly problems: readonly string[];
};

export type ReadingOptions = PictureSize & {
  /** False where the answer was cut off. */
  readonly isComplete?: boolean;
};

/** Coordinates as they stand in the answer, with their label. */
type Item = {
  readonly label: string;
  readonly numbers: readonly number[];
  /** What it stands in: waypoints of one path stand in one list. */
  readonly parent: LenientValue | undefined;
};

const NAMES_OF: Readonly<Record<AnswerKind, readonly string[]>> = {
  boxes: ['bbox_2d', 'bbox', 'box_2d', 'box', 'bounding_box'],
  points: ['point_2d', 'point', 'coordinates', 'position'],
  trajectory: ['point_2d', 'point', 'coordinates', 'position'],
};
const CORNERS: Readonly<Record<AnswerKind, readonly string[]>> = {
  boxes: ['x1', 'y1', 'x2', 'y2'],
  points: ['x', 'y'],
  trajectory: ['x', 'y'],
};
const LABELS = ['label', 'name', 'object'];
const ONLY_NUMBERS = /^[-+\d.,;\s]+$/;

/**
 * Reads boxes `[x1,y1,x2,y2]`, points `[x,y]` or one path `[[x,y],…]`, in pixels of a picture, from
 * what a language model has written: JSON lists and objects (`bbox_2d`, `point_2d`, `label`), number
 * lists, in code fences, with prose around them, or half finished.
 */
export function readSpatialText(
  text: string,
  kind: AnswerKind,
  options: ReadingOptions,
): SpatialReading {
  const found = new Finder(kind);
  const values = lenientValues(text);
  if (values.length === 0 && ONLY_NUMBERS.test(text)) found.takePlain(text, options.isComplete);
  else found.takeAll(values);
  const problems = [...found.problems];
  const boxes: PlanBox[] = [];
  const points: PlanPoint[] = [];
  for (const { label, numbers } of found.items) {
    const place = kind === 'boxes' ? boxIn(options, numbers) : pointIn(options, numbers);
    if (!place.ok) problems.push(place.problem);
    else if ('x1' in place) boxes.push({ label, ...cornersOf(place), score: 1 });
    else points.push({ label, x: place.x, y: place.y, score: 1 });
  }
  const isEmpty = boxes.length + points.length === 0;
  if (isEmpty && problems.length === 0 && !found.saysNothing) {
    problems.push('no coordinates in the answer');
  }
  const isReadable = !isEmpty || problems.length === 0;
  if (kind !== 'trajectory') return { boxes, points, trajectory: [], isReadable, problems };
  return readPath(found, points, problems);
}

/** A path with a hole is none; one that ends early is still the way to there. */
function readPath(
  found: Finder,
  points: readonly PlanPoint[],
  problems: readonly string[],
): SpatialReading {
  const paths = new Set(found.items.map(({ parent }) => parent));
  const all = [...problems];
  if (paths.size > 1) all.push(`${paths.size} paths where one was asked for`);
  const [path] = paths;
  if (path?.type === 'list') {
    const unread = path.items.length - found.items.length - (path.isWhole ? 0 : 1);
    if (paths.size === 1 && unread > 0) all.push(`${unread} waypoints that cannot be read`);
  }
  const isWhole = all.every((problem) => problem === CUT_OFF);
  const trajectory = isWhole ? points.map(({ x, y }) => ({ x, y })) : [];
  const isReadable = trajectory.length > 0 || all.length === 0;
  return { boxes: [], points: [], trajectory, isReadable, problems: all };
}

const CUT_OFF = 'the answer ends in the middle';

/** Looks through values for what has the form of an item, and notes what only resembles one. */
class Finder {
  readonly items: Item[] = [];
  readonly problems: string[] = [];
  /** There is a list, and it is empty. */
  saysNothing = false;
  readonly #kind: AnswerKind;
  readonly #size: number;

  constructor(kind: AnswerKind) {
    this.#kind = kind;
    this.#size = kind === 'boxes' ? 4 : 2;
  }

  /** Numbers that stand in no brackets: one item, or nothing that can be told. */
  takePlain(text: string, isComplete = true): void {
    const numbers = text.split(/[\s,;]+/).filter((part) => part !== '');
    if (!isComplete) this.problems.push(CUT_OFF);
    else if (numbers.length !== this.#size) this.#wrongCount(numbers.length);
    else this.items.push({ label: '', numbers: numbers.map(Number), parent: undefined });
  }

  takeAll(values: readonly LenientValue[]): void {
    // Corners of one box as Qwen-VL writes them: (x1,y1),(x2,y2).
    const corners = this.#numbersOf({ type: 'list', items: values, isWhole: true });
    if (corners) this.items.push({ label: '', numbers: corners, parent: undefined });
    else for (const value of values) this.#take(value, '', undefined);
  }

  #take(value: LenientValue, label: string, parent: LenientValue | undefined): void {
    if (value.type === 'list') this.#takeList(value, label, parent);
    else if (value.type === 'record') this.#takeRecord(value, label, parent);
  }

  #takeList(
    list: Extract<LenientValue, { type: 'list' }>,
    label: string,
    parent: LenientValue | undefined,
  ): void {
    const numbers = this.#numbersOf(list);
    if (numbers) {
      this.items.push({ label, numbers, parent });
      return;
    }
    const count = list.items.filter(({ type }) => type === 'number').length;
    if (!list.isWhole) this.#cutOff();
    else if (count > 1 || (count === 1 && parent)) this.#wrongCount(list.items.length);
    else if (list.items.length === 0) this.saysNothing = true;
    for (const item of list.items) this.#take(item, label, list);
  }

  #takeRecord(
    record: Extract<LenientValue, { type: 'record' }>,
    outerLabel: string,
    parent: LenientValue | undefined,
  ): void {
    const { members } = record;
    const named = LABELS.map((name) => members.get(name)).find((value) => value?.type === 'text');
    const label = named?.type === 'text' ? named.value : outerLabel;
    const corners = CORNERS[this.#kind].map((name) => members.get(name));
    const value = NAMES_OF[this.#kind].map((name) => members.get(name)).find(Boolean);
    const place: LenientValue | undefined = corners.every((corner) => corner?.type === 'number')
      ? { type: 'list', items: corners, isWhole: true }
      : value;
    const numbers = place && this.#numbersOf(place);
    if (!record.isWhole) this.#cutOff();
    if (numbers) this.items.push({ label, numbers, parent });
    else for (const member of members.values()) this.#take(member, label, record);
    if (members.size === 0 && record.isWhole) this.saysNothing = true;
  }

  /** Of a list that is one item. */
  #numbersOf(value: LenientValue): readonly number[] | undefined {
    if (value.type !== 'list' || !value.isWhole) return undefined;
    const isPair = value.items.length === 2 && this.#kind === 'boxes';
    const flat = isPair ? value.items.flatMap(pairOf) : value.items;
    if (flat.length !== this.#size) return undefined;
    const numbers = flat.flatMap((item) => (item.type === 'number' ? [item.value] : []));
    return numbers.length === this.#size ? numbers : undefined;
  }

  #cutOff(): void {
    if (!this.problems.includes(CUT_OFF)) this.problems.push(CUT_OFF);
  }

  #wrongCount(count: number): void {
    const item = { boxes: 'a box', points: 'a point', trajectory: 'a waypoint' }[this.#kind];
    this.problems.push(`expected ${this.#size} numbers for ${item}, found a list of ${count}`);
  }
}

function pairOf(value: LenientValue): readonly LenientValue[] {
  return value.type === 'list' && value.isWhole && value.items.length === 2 ? value.items : [value];
}

function cornersOf({ x1, y1, x2, y2 }: Pick<PlanBox, 'x1' | 'y1' | 'x2' | 'y2'>) {
  return { x1, y1, x2, y2 };
}

import { widowx } from '../../core/embodiment/widowx.ts';
import type { Period } from './JudgedTrace.ts';

/** A trace with one fault, and what the judge has to call it; undefined where there is none. */
export type Planted = {
  readonly what: string;
  readonly kind: string | undefined;
  readonly periods: readonly Period[];
};

type Pose = readonly number[];

const PERIOD_SEC = 0.02;
const HOME: Pose = [...widowx.homeJoints, 0.03];
const [WAIST, SHOULDER, ELBOW, ROTATE, FINGER] = [0, 1, 2, 5, 6];
/** Folded: the gripper is close to the upper arm. */
const FOLDED: Pose = [0, -1.8, 1.55, 0, 0.8, 0, 0.03];

const at = (joint: number, value: number, pose = HOME): Pose => pose.with(joint, value);
const off = (joint: number, by: number, pose = HOME): Pose => pose.with(joint, pose[joint]! + by);

/** The arm holds a pose; it is told so. */
const holds = (pose: Pose, periods = 30): Period[] =>
  Array.from({ length: periods }, () => ({ command: pose, truth: pose }));
const silence = (truth: Pose, periods = 30, more: Partial<Period> = {}): Period[] =>
  Array.from({ length: periods }, () => ({ command: undefined, truth, ...more }));

/** From rest to rest on the quintic; the arm is told so and follows at once. */
function moves(from: Pose, to: Pose, sec: number): Period[] {
  const periods = Math.round(sec / PERIOD_SEC);
  return Array.from({ length: periods }, (_, k) => {
    const s = (k + 1) / periods;
    const share = s * s * s * (10 - 15 * s + 6 * s * s);
    const command = from.map((q, i) => q + (to[i]! - q) * share);
    return { command, truth: command };
  });
}

/** Others do so: nothing is sent. */
const carried = (periods: readonly Period[]): Period[] =>
  periods.map(({ truth }) => ({ command: undefined, truth, listens: false }));

/** One joint goes its way by these steps, one a period; there and to rest. */
function steps(joint: number, by: readonly number[]): Period[] {
  let pose = HOME;
  return by.map((step) => {
    pose = off(joint, step, pose);
    return { command: pose, truth: pose };
  });
}

/** Steps of a motion that gains so much speed a period, keeps it, and loses it again. */
function trapeze(gain: number, gains: number, keeps: number): number[] {
  const up = Array.from({ length: gains }, (_, k) => (k + 1) * gain * PERIOD_SEC);
  const top = Array<number>(keeps).fill(gain * gains * PERIOD_SEC);
  return [...up, ...top, ...up.toReversed()];
}

const endsAt = (periods: readonly Period[]): Pose => periods.at(-1)!.truth;
const withRest = (periods: readonly Period[]): Period[] => [
  ...holds(HOME),
  ...periods,
  ...holds(endsAt(periods)),
];
const scaled = (periods: readonly Period[], speedScale: number): Period[] =>
  periods.map((period) => ({ ...period, speedScale }));
const begins = (periods: readonly Period[]): Period[] =>
  periods.map((period, k) => (k === 0 ? { ...period, isNewProcess: true } : period));

const NUDGED = off(WAIST, 0.4);
const MOTION = moves(HOME, NUDGED, 0.6);
const OUTSIDE = at(ROTATE, 3.2);

const sound: Record<string, Period[]> = {
  'a motion from rest to rest': withRest(MOTION),
  'a silence at rest, and a motion after it': [
    ...withRest(MOTION),
    ...silence(NUDGED),
    ...moves(NUDGED, HOME, 0.6),
  ],
  'a process that ends in motion, and the next one where the arm rests': [
    ...holds(HOME),
    ...MOTION.slice(0, 15),
    ...silence(endsAt(MOTION.slice(0, 15)), 40, { isGone: true }),
    ...begins(holds(endsAt(MOTION.slice(0, 15)))),
  ],
  'an arm that others moved, told to be where it rests': [
    ...holds(HOME),
    ...carried(MOTION),
    ...silence(NUDGED, 20, { listens: false }),
    ...silence(NUDGED, 20),
    ...holds(NUDGED),
  ],
  'a joint outside of its range that comes back': [
    ...holds(OUTSIDE),
    ...moves(OUTSIDE, at(ROTATE, 3), 0.6),
  ],
  'a gripper outside of its stroke that comes back': [
    ...holds(at(FINGER, 0.039)),
    ...moves(at(FINGER, 0.039), at(FINGER, 0.03), 0.4),
  ],
  'a folded arm that unfolds': [
    ...holds(FOLDED),
    ...moves(FOLDED, off(SHOULDER, 0.1, off(ELBOW, -0.15, FOLDED)), 1),
  ],
  'a slow motion at reduced speed': scaled(withRest(moves(HOME, NUDGED, 4)), 0.1),
};

const faulty: readonly (readonly [string, string, Period[]])[] = [
  ['a command that is no number', 'not a number', withRest([{ command: at(0, NaN), truth: HOME }])],
  ['a jump', 'velocity', withRest(steps(WAIST, [0.1]))],
  ['a small jump', 'jerk', withRest(steps(WAIST, [0.01, -0.01]))],
  ['speeding', 'velocity', withRest(steps(WAIST, trapeze(0.33, 10, 5)))],
  ['speeding at reduced speed', 'velocity', scaled(withRest(moves(HOME, NUDGED, 1)), 0.1)],
  ['too much acceleration', 'acceleration', withRest(steps(ELBOW, trapeze(1, 2, 3)))],
  ['a change of mind within a period', 'jerk', withRest(steps(WAIST, [0.016, 0.032, 0.016]))],
  ['a fast gripper', 'gripper velocity', withRest(steps(FINGER, trapeze(-0.055, 3, 1)))],
  ['a gripper that jerks', 'gripper acceleration', withRest(steps(FINGER, [-0.0025]))],
  [
    'a joint that leaves its range',
    'position',
    [...holds(at(ROTATE, 3.1)), ...moves(at(ROTATE, 3.1), OUTSIDE, 1)],
  ],
  [
    'the elbow beyond the own limit of the arm',
    'position',
    [...holds(at(ELBOW, -1.2)), ...moves(at(ELBOW, -1.2), at(ELBOW, -1.3), 1)],
  ],
  [
    'a joint outside of its range that goes on outwards',
    'position',
    [...holds(OUTSIDE), ...moves(OUTSIDE, off(ROTATE, 0.02, OUTSIDE), 1)],
  ],
  [
    'a command outside of a range, and the arm is not',
    'position',
    holds(at(ROTATE, 3.2), 1).map(({ command }) => ({ command, truth: at(ROTATE, 3.14) })),
  ],
  ['a gripper beyond its stroke', 'gripper position', withRest(moves(HOME, at(FINGER, 0.04), 1))],
  ['links too near to each other', 'too near', withRest(moves(HOME, FOLDED, 4))],
  [
    'a folded arm that folds further',
    'too near',
    [...holds(FOLDED), ...moves(FOLDED, off(ELBOW, 0.05, FOLDED), 1)],
  ],
  ['a gripper below the table', 'too near', withRest(moves(HOME, off(SHOULDER, 0.9), 3))],
  [
    'an end effector out of its workspace',
    'leaves the workspace',
    withRest(moves(HOME, off(WAIST, 1.5), 3)),
  ],
  [
    'silence in motion',
    'falls silent in motion',
    [...holds(HOME), ...MOTION.slice(0, 15), ...silence(endsAt(MOTION.slice(0, 15)))],
  ],
  [
    'silence while the gripper moves',
    'falls silent in motion',
    [...holds(HOME), ...steps(FINGER, trapeze(-0.04, 2, 1).slice(0, 3)), ...silence(HOME)],
  ],
  [
    'a motion out of nothing',
    'begins in motion',
    [...silence(HOME), ...moves(HOME, off(WAIST, 0.8), 0.6).slice(12)],
  ],
  [
    'a beginning far from the arm',
    'begins away from the arm',
    [
      ...silence(HOME),
      ...holds(HOME).map((period) => ({ ...period, truth: off(WAIST, 0.05) })),
    ].map((period) => ({ ...period, truth: off(WAIST, 0.05) })),
  ],
  [
    'a new process that begins where the one before ended, and the arm was moved',
    'begins away from the arm',
    [
      ...holds(HOME),
      ...carried(MOTION).map((period) => ({ ...period, isGone: true })),
      ...silence(NUDGED, 40, { isGone: true }),
      ...begins(holds(HOME)).map((period) => ({ ...period, truth: NUDGED })),
    ],
  ],
  [
    'a process that answers a beginning with the motion of the one before',
    'begins in motion',
    [
      ...holds(HOME),
      ...MOTION.slice(0, 15),
      ...silence(endsAt(MOTION.slice(0, 15)), 3, { isGone: true }),
      ...begins(MOTION.slice(15)),
      ...holds(NUDGED),
    ],
  ],
  [
    'a jump over a silence',
    'jumps over a silence',
    [...holds(HOME), ...silence(off(WAIST, 0.08), 2), ...holds(off(WAIST, 0.08))],
  ],
  [
    'a beginning while others move the arm',
    'begins while the arm is moved',
    [
      ...holds(HOME),
      ...carried(moves(HOME, off(WAIST, 1.2), 1)).slice(0, 35),
      ...moves(HOME, off(WAIST, 1.2), 1)
        .slice(35)
        .map(({ truth }) => ({ command: off(WAIST, 0.6), truth, listens: false })),
    ],
  ],
  [
    'a stopped arm that is moved, handed back, and taken back',
    'takes back an arm that was handed over',
    [
      ...holds(HOME),
      ...MOTION.map(({ truth }) => ({ command: HOME, truth, listens: false })),
      ...holds(HOME, 20).map(() => ({ command: HOME, truth: NUDGED, listens: false })),
      ...holds(HOME, 5).map(() => ({ command: HOME, truth: NUDGED })),
    ],
  ],
];

export const PLANTED: readonly Planted[] = [
  ...Object.entries(sound).map(([what, periods]) => ({ what, kind: undefined, periods })),
  ...faulty.map(([what, kind, periods]) => ({ what, kind, periods })),
];

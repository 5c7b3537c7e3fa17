import assert from 'node:assert/strict';
import { ClearanceCheck } from '../../../core/control/ClearanceCheck.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { widowxUrdf } from '../arm.ts';
import {
  type Period,
  HOME,
  POSE,
  output,
  one,
  home,
  still,
  quiet,
  with_,
  begun,
  judge,
} from './checkedPeriods.ts';

describe('CommandCheck', () => {
  const moved = [HOME[0]! + 0.4, ...HOME.slice(1), 0.03];
  const movedHome = home(0, moved[0]!);

  const sound: readonly [string, Period[]][] = [
    ['an arm that stands still', [{ output: output() }]],
    ['a silence, and the same again', [...quiet(5), { output: output() }]],
    [
      'an arm that sags, told where it is in time',
      [
        ...quiet(20),
        {
          output: still(home(1, HOME[1]! + 0.05)),
          truth: [HOME[0]!, HOME[1]! + 0.06, ...HOME.slice(2), 0.03],
        },
      ],
    ],
    [
      'a process that ends in motion',
      [
        { output: begun },
        { output: undefined, restarts: true },
        ...quiet(30),
        { output: output() },
      ],
    ],
    [
      'an arm that others moved, told to be where it rests',
      [
        ...with_({ output: undefined, truth: moved, listens: false }, 30),
        { output: still(movedHome), truth: moved },
      ],
    ],
  ];
  for (const [what, periods] of sound)
    it(`lets pass ${what}`, () => assert.equal(judge(periods), ''));

  const faults: readonly [string, Period[], RegExp][] = [
    ['positions beyond a limit', [{ output: still(home(2, 1.7)) }], /position of joint 2: 1\.7/],
    [
      'positions that are no numbers',
      [{ output: still(home(0, NaN)) }],
      /position of joint 0: NaN/,
    ],
    ['jumps', [{ output: still(home(0, 0.01)) }], /jump/],
    [
      'acceleration out of nowhere',
      [{ output: output({ accelerations: new Float64Array(6).fill(9) }) }],
      /jump/,
    ],
    [
      'too much of it',
      [{ output: output({ accelerations: one(46) }) }],
      /acceleration of joint 0: 46/,
    ],
    ['speeding', [{ output: output({ velocities: one(9) }) }], /velocity of joint 0: 9/],
    ['a gripper out of range', [{ output: output({ gripperOpening: 1.1 }) }], /gripper: 1\.1/],
    ['two minds about the gripper', [{ output: output({ gripperOpening: 0.1 }) }], /gripper joint/],
    [
      'a gripper that leaves its stroke',
      [{ output: still(home(0, HOME[0]!), 0.04) }],
      /leaves its stroke/,
    ],
    ['a fast gripper', [{ output: still(home(0, HOME[0]!), 0.026) }], /gripper velocity: -0\.2/],
    [
      'a gripper that jerks',
      [{ output: still(home(0, HOME[0]!), 0.0275) }],
      /gripper acceleration/,
    ],
    ['silence in motion', [{ output: begun }, ...quiet(1)], /silent in motion/],
    [
      'a gripper whose velocity is not that of its positions',
      [{ output: output({ gripperJointVelocity: 0.05 }) }],
      /gripper velocity that is told: 0\.05, 0/,
    ],
    [
      'a gripper that begins in motion',
      [...quiet(2), { output: output({ gripperJointVelocity: 0.1 }) }],
      /gripper begins in motion: 0\.1/,
    ],
    [
      'silence while the gripper moves',
      [{ output: still(home(0, HOME[0]!), 0.029) }, ...quiet(1)],
      /silent while the gripper moves/,
    ],
    [
      'a jump over a silence',
      [...quiet(2), { output: still(home(0, HOME[0]! + 0.09)) }],
      /joint 0 jumps over a silence of 0\.06 s/,
    ],
    [
      'a gripper that jumps over a silence',
      [...quiet(2), { output: still(home(0, HOME[0]!), 0.02) }],
      /gripper jumps over a silence/,
    ],
    [
      'a beginning in motion',
      [...quiet(2), { output: output({ velocities: one(0.1) }) }],
      /joint 0 begins in motion/,
    ],
    [
      'a beginning away from the arm',
      [...quiet(30), { output: still(home(0, HOME[0]! + 0.2)) }],
      /joint 0 begins away from the arm by: 0\.2/,
    ],
    [
      'a new process that knows better than the arm where it is',
      [
        { output: undefined, restarts: true, truth: moved },
        ...with_({ output: undefined, truth: moved }, 30),
        { output: output(), truth: moved },
      ],
      /joint 0 begins away from the arm by: 0\.4/,
    ],
    [
      'a beginning while others move the arm',
      [
        ...Array.from({ length: 30 }, (_, k) => ({
          output: undefined,
          truth: [HOME[0]! + 0.02 * k, ...HOME.slice(1), 0.03],
          listens: false,
        })),
        {
          output: still(home(0, HOME[0]! + 0.58)),
          truth: [HOME[0]! + 0.6, ...HOME.slice(1), 0.03],
        },
      ],
      /begins while the arm is moved/,
    ],
    [
      'an arm that is taken back',
      [
        ...with_({ output: output(), truth: moved, listens: false }, 30),
        { output: output(), truth: moved },
      ],
      /joint 0 takes an arm back that was handed over, by: 0\.4/,
    ],
    [
      'a target out of the workspace',
      [{ output: { ...output({}, 1), targetBaseFromEe: { ...POSE, position: [0.3, 0, 0.36] } } }],
      /target leaves the workspace/,
    ],
    [
      'a target too far away',
      [
        {
          output: { ...output({}, 1), targetBaseFromEe: { ...POSE, position: [0.3, 0.06, 0.15] } },
        },
      ],
      /step of the target/,
    ],
    [
      'a target turned too far',
      [{ output: { ...output({}, 1), targetBaseFromEe: { ...POSE, orientation: [1, 0, 0, 0] } } }],
      /turn of the target/,
    ],
  ];
  for (const [what, periods, message] of faults) {
    it(`finds ${what}`, () => assert.match(judge(periods), message));
  }

  it('lets a joint outside of its range come back, and go no further', () => {
    const outside = HOME.with(5, 3.2);
    const next = (q: number): string =>
      judge([{ output: still(Float64Array.from(outside.with(5, q))) }], outside);
    assert.doesNotMatch(next(3.199), /position/);
    assert.match(next(3.201), /position of joint 5: 3\.201/);
  });

  it('finds an arm that comes too near to itself or to the table, but lets it leave', () => {
    const rooms = new ClearanceCheck(widowx, widowxUrdf);
    const folded = [0, -1.8, 1.55, 0, 0.8, 0];
    rooms.start(folded);
    assert.equal(rooms.follow(folded.with(1, -1.7).with(2, 1.4)), undefined);
    assert.match(rooms.follow(folded)!, /and .*_link: -?\d/);
    rooms.start(HOME);
    assert.match(rooms.follow(HOME.with(1, 1.2))!, /above the table|workspace/);
  });
});

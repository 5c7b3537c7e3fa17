import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  composePose,
  interpolatePose,
  invertPose,
  transformPoint,
} from '../../../core/math/pose.ts';
import {
  matrixFromQuat,
  quatAngleBetween,
  quatFromAxisAngle,
  quatFromMatrix,
  quatFromRollPitchYaw,
  quatFromRotVec,
  quatMultiply,
  quatNormalize,
  quatRotate,
  rollPitchYawFromQuat,
  rotVecFromQuat,
  slerp,
} from '../../../core/math/quat.ts';
import type { Pose, Quat, Vec3 } from '../../../core/math/types.ts';
import { vec3ClampNorm, vec3Norm, vec3Normalize } from '../../../core/math/vec3.ts';
import { assertClose } from '../arm.ts';

const number = fc.double({ min: -3, max: 3, noNaN: true });
const vector: fc.Arbitrary<Vec3> = fc.tuple(number, number, number);
const rotation: fc.Arbitrary<Quat> = vector.map(quatFromRotVec);
const pose: fc.Arbitrary<Pose> = fc.record({ position: vector, orientation: rotation });

describe('rotations', () => {
  const quarter = Math.SQRT1_2;
  const cases: readonly [string, Quat, Vec3, Vec3][] = [
    ['about z', [0, 0, quarter, quarter], [1, 0, 0], [0, 1, 0]],
    ['about x', [quarter, 0, 0, quarter], [0, 1, 0], [0, 0, 1]],
    ['about y', [0, quarter, 0, quarter], [0, 0, 1], [1, 0, 0]],
    ['not at all', [0, 0, 0, 1], [1, 2, 3], [1, 2, 3]],
  ];
  for (const [name, q, from, to] of cases) {
    it(`a quarter turn ${name}`, () => assertClose(quatRotate(q, from), to, 1e-12));
  }

  it('the first factor of a product acts last', () => {
    const aboutZ = quatFromAxisAngle([0, 0, 1], Math.PI / 2);
    const aboutX = quatFromAxisAngle([1, 0, 0], Math.PI / 2);
    assertClose(quatRotate(quatMultiply(aboutZ, aboutX), [0, 0, 1]), [1, 0, 0], 1e-12);
  });

  it('roll, pitch and yaw turn about fixed axes, in this order', () => {
    const q = quatFromRollPitchYaw(0.3, -0.4, 1.1);
    const byHand = [
      quatFromAxisAngle([0, 0, 1], 1.1),
      quatFromAxisAngle([0, 1, 0], -0.4),
      quatFromAxisAngle([1, 0, 0], 0.3),
    ].reduce(quatMultiply);
    assertClose(q, byHand, 1e-12);
    assertClose(rollPitchYawFromQuat(q), [0.3, -0.4, 1.1], 1e-12);
  });

  it('log undoes exp', () => {
    fc.assert(
      fc.property(vector, (v) => {
        fc.pre(vec3Norm(v) < Math.PI - 1e-6);
        assertClose(rotVecFromQuat(quatFromRotVec(v)), v, 1e-9);
      }),
    );
  });

  it('log is exact for tiny turns and at half a turn', () => {
    assertClose(rotVecFromQuat(quatFromRotVec([1e-9, 0, 0])), [1e-9, 0, 0], 1e-18);
    assertClose(rotVecFromQuat(quatFromRotVec([0, Math.PI, 0])), [0, Math.PI, 0], 1e-9);
  });

  it('matrix and quaternion say the same', () => {
    fc.assert(
      fc.property(rotation, vector, (q, v) => {
        const m = matrixFromQuat(q);
        const [x, y, z] = v;
        const byMatrix = [0, 3, 6].map((r) => m[r]! * x + m[r + 1]! * y + m[r + 2]! * z);
        assertClose(byMatrix, quatRotate(q, v), 1e-9);
        assert.ok(quatAngleBetween(quatFromMatrix(m), q) < 1e-7);
      }),
    );
  });

  it('slerp turns at constant speed, the shorter way round', () => {
    fc.assert(
      fc.property(rotation, rotation, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, t) => {
        const whole = quatAngleBetween(a, b);
        fc.pre(whole < Math.PI - 1e-3);
        assert.ok(Math.abs(quatAngleBetween(a, slerp(a, b, t)) - t * whole) < 1e-6);
      }),
    );
  });

  it('has no direction for nothing', () => {
    assert.throws(() => vec3Normalize([0, 0, 0]), /no direction/);
    assert.throws(() => quatNormalize([0, 0, 0, 0]), /no rotation/);
  });

  it('shortens only vectors that are too long', () => {
    const short: Vec3 = [0.1, 0, 0];
    assert.equal(vec3ClampNorm(short, 0.1), short);
    assertClose(vec3ClampNorm([3, 4, 0], 1), [0.6, 0.8, 0], 1e-12);
  });
});

describe('poses', () => {
  it('composition is transforming twice', () => {
    fc.assert(
      fc.property(pose, pose, vector, (a, b, p) => {
        const twice = transformPoint(a, transformPoint(b, p));
        assertClose(transformPoint(composePose(a, b), p), twice, 1e-9);
      }),
    );
  });

  it('the inverse leads back', () => {
    fc.assert(
      fc.property(pose, vector, (a, p) => {
        assertClose(transformPoint(invertPose(a), transformPoint(a, p)), p, 1e-9);
      }),
    );
  });

  it('interpolation begins and ends at its ends', () => {
    const a: Pose = { position: [0, 0, 0], orientation: [0, 0, 0, 1] };
    const b: Pose = { position: [1, 2, 3], orientation: quatFromRotVec([0, 1, 0]) };
    assertClose(interpolatePose(a, b, 0).position, a.position, 1e-12);
    assertClose(interpolatePose(a, b, 1).orientation, b.orientation, 1e-12);
    assertClose(interpolatePose(a, b, 0.5).position, [0.5, 1, 1.5], 1e-12);
  });
});

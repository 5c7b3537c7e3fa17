import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EMBODIMENTS } from '../../../core/embodiment/embodimentByName.ts';
import { googleRobot } from '../../../core/embodiment/googleRobot.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { InverseKinematics } from '../../../core/kinematics/InverseKinematics.ts';
import { quatAngleBetween, quatFromRotVec, quatMultiply } from '../../../core/math/quat.ts';
import { Random } from '../../../core/math/random.ts';
import type { Pose } from '../../../core/math/types.ts';
import { vec3Add, vec3Distance } from '../../../core/math/vec3.ts';
import { assertClose, chainOf, widowxChain } from '../arm.ts';

for (const embodiment of EMBODIMENTS) {
  const chain = chainOf(embodiment);
  const inverse = new InverseKinematics(chain);
  const lower = chain.joints.map(({ limit }) => limit.lower);
  const upper = chain.joints.map(({ limit }) => limit.upper);

  describe(`InverseKinematics of ${embodiment.name}`, () => {
    it('finds a pose back from nearby, wherever the arm is', () => {
      const nearby = fc.double({ min: -0.15, max: 0.15, noNaN: true });
      const joints = chain.joints.map(({ limit }) =>
        fc.record({
          q: fc.double({ min: limit.lower, max: limit.upper, noNaN: true }),
          off: nearby,
        }),
      );
      let found = 0;
      let tried = 0;
      fc.assert(
        fc.property(fc.tuple(...joints), (cases) => {
          const target = chain.forward(cases.map(({ q }) => q));
          const seed = cases.map(({ q, off }) => q + off);
          const out = new Float64Array(chain.size);
          const { status } = inverse.solve(seed, target, out);
          tried += 1;
          if (status !== 'ok') return;
          found += 1;
          const reached = chain.forward(out);
          assert.ok(vec3Distance(reached.position, target.position) <= 1e-5);
          assert.ok(quatAngleBetween(reached.orientation, target.orientation) <= 1.1e-4);
          out.forEach((q, i) => assert.ok(q >= lower[i]! && q <= upper[i]!, `joint ${i} at ${q}`));
        }),
        { numRuns: 2000, seed: 11 },
      );
      assert.ok(found >= 0.99 * tried, `${found} of ${tried}`);
    });
  });
}

describe('InverseKinematics', () => {
  const chain = widowxChain();
  const inverse = new InverseKinematics(chain);
  const lower = chain.joints.map(({ limit }) => limit.lower);
  const upper = chain.joints.map(({ limit }) => limit.upper);
  const home = chain.forward(widowx.homeJoints);

  it('leaves joints at their limits out, instead of running into them', () => {
    const quick = new InverseKinematics(chain, { maxIterations: 8 });
    const random = new Random('at limits');
    const out = new Float64Array(chain.size);
    for (let i = 0; i < 1000; i++) {
      const atLimit = 1 + random.int(4);
      const q = chain.joints.map((_, k) => random.uniform(lower[k], upper[k]));
      q[atLimit] = random.pick([lower[atLimit]!, upper[atLimit]!]);
      const seed = q.map((x) => x + random.uniform(-0.1, 0.1));
      assert.equal(quick.solve(seed, chain.forward(q), out).status, 'ok', `case ${i}`);
    }
  });

  it('leaves the joints alone where the seed is the answer', () => {
    const out = new Float64Array(chain.size);
    const result = inverse.solve(widowx.homeJoints, home, out);
    assert.equal(result.status, 'ok');
    assert.deepEqual([...out], widowx.homeJoints);
  });

  it('may write over its seed', () => {
    const q = Float64Array.from(widowx.homeJoints);
    const target: Pose = { ...home, position: vec3Add(home.position, [0.03, 0.02, 0.02]) };
    assert.equal(inverse.solve(q, target, q).status, 'ok');
    assertClose(chain.forward(q).position, target.position, 1e-5);
  });

  it('follows a path through the workspace in few iterations', () => {
    const quick = new InverseKinematics(chain, { maxIterations: 5 });
    const q = Float64Array.from(widowx.homeJoints);
    for (let i = 0; i < 400; i++) {
      const a = i * 0.05;
      const offset = [
        0.05 * Math.sin(a),
        0.12 * Math.sin(0.7 * a),
        0.08 * Math.sin(0.9 * a),
      ] as const;
      const target: Pose = {
        position: vec3Add(home.position, offset),
        orientation: quatMultiply(quatFromRotVec([0, 0, Math.sin(a)]), home.orientation),
      };
      assert.equal(quick.solve(q, target, q).status, 'ok', `step ${i}`);
    }
  });

  it('comes as near as it can to what is out of reach, and says so', () => {
    const far: Pose = { ...home, position: [0.9, 0, 0.3] };
    const out = new Float64Array(chain.size);
    const { status, positionErrorM } = inverse.solve(widowx.homeJoints, far, out);
    assert.notEqual(status, 'ok');
    assert.ok(positionErrorM < vec3Distance(home.position, far.position));
    assertClose([vec3Distance(chain.forward(out).position, far.position)], [positionErrorM], 1e-9);
  });

  it('names the limits where they are the reason', () => {
    const joints = [0, 0, 0, 0, upper[4]!, 0];
    const { position, orientation } = chain.forward(joints);
    const bent = quatMultiply(orientation, quatFromRotVec([0, 0.4, 0]));
    const out = new Float64Array(chain.size);
    const stiff = new InverseKinematics(chain, { maxStepRad: 0.02 });
    assert.equal(stiff.solve(joints, { position, orientation: bent }, out).status, 'limit');
    assert.ok(out.every((q, i) => q >= lower[i]! && q <= upper[i]!));
  });

  it('turns the wrist by half a turn, where the rotation error has no unique axis', () => {
    const target: Pose = {
      ...home,
      orientation: quatMultiply(home.orientation, quatFromRotVec([Math.PI, 0, 0])),
    };
    const out = new Float64Array(chain.size);
    assert.equal(inverse.solve(widowx.homeJoints, target, out).status, 'ok');
  });

  it('brings seven joints back to their rest posture while the tip goes round and comes back', () => {
    const seven = chainOf(googleRobot);
    const rest = googleRobot.homeJoints;
    const start = seven.forward(rest);
    const afterRounds = (posture: readonly number[] | undefined): number => {
      const solver = new InverseKinematics(seven, { posture });
      const q = Float64Array.from(rest);
      for (let i = 1; i <= 600; i++) {
        const a = (i * 2 * Math.PI) / 60;
        const offset = [
          0.1 * Math.sin(a),
          0.1 - 0.1 * Math.cos(a),
          0.05 * Math.sin(2 * a),
        ] as const;
        const target: Pose = {
          position: vec3Add(start.position, offset),
          orientation: quatMultiply(quatFromRotVec([0, 0, 0.5 * Math.sin(a)]), start.orientation),
        };
        assert.equal(solver.solve(q, target, q).status, 'ok', `step ${i}`);
      }
      return Math.max(...q.map((x, i) => Math.abs(x - rest[i]!)));
    };
    const [held, drifting] = [afterRounds(rest), afterRounds(undefined)];
    assert.ok(held < 0.05 && held < drifting / 2, `${held} with it, ${drifting} without`);
  });

  it('lets an arm with a rest posture stand still', () => {
    const seven = chainOf(googleRobot);
    const solver = new InverseKinematics(seven, { posture: googleRobot.homeJoints });
    const q = Float64Array.from(googleRobot.homeJoints, (x) => x + 0.1);
    const before = [...q];
    assert.equal(solver.solve(q, seven.forward(q), q).status, 'ok');
    assert.deepEqual([...q], before);
  });
});

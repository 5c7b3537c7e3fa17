import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { parseUrdf } from '../../../core/kinematics/parseUrdf.ts';
import type { JointSample, View } from '../../../core/observation/Observation.ts';
import {
  type Assembly,
  ObservationAssembler,
} from '../../../core/observation/ObservationAssembler.ts';
import { packageRoot } from '../../../setup/paths.mjs';

const MS = 1_000_000n;
const urdf = parseUrdf(readFileSync(join(packageRoot, 'urdf', widowx.urdfFile), 'utf8'));
const NAMES = [...widowx.armJoints, 'left_finger'];

function assembler(viewNames = ['front']): ObservationAssembler {
  const skews = { maxViewSkewSec: 0.05, maxJointSkewSec: 0.03 };
  return new ObservationAssembler({ embodiment: widowx, urdf, viewNames, ...skews });
}

function joints(ms: number, waist = 0, changes: Partial<JointSample> = {}): JointSample {
  const positions = Float64Array.of(waist, ...widowx.homeJoints.slice(1), 0.026);
  const velocities = new Float64Array(NAMES.length).fill(0.5);
  return { stampNs: BigInt(ms) * MS, names: NAMES, positions, velocities, ...changes };
}

function view(ms: number, name = 'front'): View {
  const image = { width: 1, height: 1, data: new Uint8Array(3) };
  return { name, image, stampNs: BigInt(ms) * MS };
}

function observed(assembly: Assembly) {
  assert.equal(assembly.status, 'observation');
  return (assembly as Extract<Assembly, { status: 'observation' }>).observation;
}

function refused(assembly: Assembly): string {
  assert.equal(assembly.status, 'refused');
  return (assembly as Extract<Assembly, { status: 'refused' }>).reason;
}

describe('ObservationAssembler', () => {
  it('takes the joint state that is nearest to the image in time', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1 }),
        fc.integer({ min: 0, max: 200 }),
        (times, at) => {
          const one = assembler();
          for (const ms of times.toSorted((a, b) => a - b)) one.addJoints(joints(ms, ms / 1000));
          const distance = Math.min(...times.map((ms) => Math.abs(ms - at)));
          const assembly = one.addView(view(at));
          if (distance > 30) {
            const comesBefore = at > Math.max(...times);
            return assembly.status === (comesBefore ? 'waiting' : 'refused');
          }
          const { positions, stampNs } = observed(assembly).joints;
          const found = Number(stampNs / MS);
          return Math.abs(found - at) === distance && positions[0] === found / 1000;
        },
      ),
    );
  });

  it('computes the end effector and the opening of the gripper', () => {
    const one = assembler();
    one.addJoints(joints(0, widowx.homeJoints[0]));
    const { baseFromEe, gripperOpening, id, stampNs } = observed(one.addView(view(5)));
    assert.ok(Math.abs(baseFromEe.position[0] - 0.292) < 1e-3);
    assert.ok(Math.abs(gripperOpening - 0.5) < 1e-9);
    assert.deepEqual([id, stampNs], [1n, 5n * MS]);
    assert.equal(observed(one.addView(view(6))).id, 2n);
  });

  it('reads joints by name, in the order of the embodiment', () => {
    const one = assembler();
    const { names, positions, velocities } = joints(0, 0.3);
    const reversed = {
      names: ['head', ...names.toReversed()],
      positions: Float64Array.of(9, ...positions.toReversed()),
      velocities: Float64Array.of(9, ...velocities),
    };
    assert.deepEqual(one.addJoints(joints(0, 0, reversed)), { accepted: true });
    const found = observed(one.addView(view(0))).joints;
    assert.deepEqual(found.names, NAMES);
    assert.deepEqual([...found.positions], [...positions]);
    assert.deepEqual([...found.velocities], [...velocities]);
  });

  it('goes without velocities', () => {
    const one = assembler();
    one.addJoints(joints(0, 0, { velocities: new Float64Array(0) }));
    assert.deepEqual(
      [...observed(one.addView(view(0))).joints.velocities],
      NAMES.map(() => 0),
    );
  });

  it('refuses joint states that lack a joint, and says which', () => {
    const names = NAMES.with(1, 'elbow_2');
    const answer = assembler().addJoints(joints(0, 0, { names }));
    assert.deepEqual(answer, { accepted: false, reason: 'joint state: missing shoulder' });
  });

  it('gives nothing before it has joint states', () => {
    assert.equal(refused(assembler().addView(view(0))), 'no joint state yet');
  });

  it('adds the newest of the other views, in its order', () => {
    const one = assembler(['front', 'wrist']);
    one.addJoints(joints(100));
    assert.equal(refused(one.addView(view(100))), 'no image of view wrist yet');
    assert.deepEqual(one.addView(view(60, 'wrist')), { status: 'kept' });
    one.addView(view(90, 'wrist'));
    const { views } = observed(one.addView(view(110)));
    assert.deepEqual(
      views.map(({ name, stampNs }) => [name, stampNs / MS]),
      [
        ['front', 110n],
        ['wrist', 90n],
      ],
    );
    one.addJoints(joints(150));
    const reason = 'view wrist is 0.060 s from the primary image, expected at most 0.05 s';
    assert.equal(refused(one.addView(view(150))), reason);
  });

  it('waits for joint states that come after their image', () => {
    const one = assembler();
    one.addJoints(joints(0));
    assert.deepEqual(one.addView(view(100)), {
      status: 'waiting',
      reason: 'the nearest joint state is 0.100 s from the primary image, expected at most 0.03 s',
    });
    one.addJoints(joints(20));
    assert.equal(one.complete()?.status, 'waiting');
    one.addJoints(joints(90));
    const found = observed(one.complete()!);
    assert.deepEqual([found.stampNs, found.joints.stampNs], [100n * MS, 90n * MS]);
    assert.equal(one.complete(), undefined);
  });

  it('gives up an image whose joint states did not come', () => {
    const one = assembler();
    one.addJoints(joints(0));
    one.addView(view(100));
    one.addJoints(joints(200));
    assert.equal(one.complete()?.status, 'refused');
    assert.equal(one.complete(), undefined);
  });

  it('goes on after the clock went back', () => {
    const one = assembler();
    one.addJoints(joints(60_000));
    assert.equal(one.addJoints(joints(10)).accepted, true);
    assert.equal(observed(one.addView(view(10))).joints.stampNs, 10n * MS);
  });

  it('refuses an image that comes twice or out of order, but not one of a clock set back', () => {
    const one = assembler();
    for (const ms of [1000, 1033, 1100]) one.addJoints(joints(ms));
    observed(one.addView(view(1033)));
    assert.equal(refused(one.addView(view(1033))), 'the primary image came twice');
    const late = refused(one.addView(view(1000)));
    assert.equal(late, 'the primary image is 0.033 s older than the last one');
    assert.equal(observed(one.addView(view(1100))).id, 2n);
    one.addJoints(joints(20));
    assert.equal(observed(one.addView(view(20))).id, 3n);
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { movableJoint, type UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { Random } from '../../core/math/random.ts';
import { matrixFromQuat } from '../../core/math/quat.ts';
import { packageRoot } from '../../setup/paths.mjs';
import { assertClose, urdfOf } from '../core/arm.ts';
import { DebianTools, SDF_LIBRARIES } from './DebianTools.ts';
import { installPythonReader } from './pythonReader.ts';
import type { SdfDescription } from './sdfDescription.ts';

const execute = promisify(execFile);
const describer = path.join(packageRoot, 'test', 'description', 'describe_sdf.cpp');

/** Movable joints that follow no other one, with a position each within the limits. */
function randomConfiguration(urdf: UrdfModel, random: Random): Record<string, number> {
  const names = [...urdf.joints.values()].filter(
    (joint) => joint.type !== 'fixed' && joint.mimic === undefined,
  );
  return Object.fromEntries(
    names.map(({ name }) => {
      const { lower, upper } = movableJoint(urdf, name).limit;
      return [name, random.uniform(lower, upper)];
    }),
  );
}

for (const embodiment of EMBODIMENTS) {
  const { urdfFile } = embodiment;
  const file = path.join(packageRoot, 'urdf', urdfFile);
  const urdf = urdfOf(embodiment);

  describe(`urdf/${urdfFile}`, function () {
    this.timeout(300_000); // installs on the first run

    describe('read by urdfdom and libsdformat', () => {
      let tools: DebianTools;
      before(async function () {
        const found = await DebianTools.install();
        if (typeof found !== 'string') tools = found;
        else {
          process.stdout.write(`      skipped: ${found}\n`);
          this.skip();
        }
      });

      it("satisfies urdfdom's check_urdf, with the same tree", async () => {
        const { environment } = tools;
        const { stdout } = await execute(tools.program('check_urdf'), [file], { env: environment });
        assert.match(stdout, new RegExp(`robot name is: ${urdf.name}\\n`));
        assert.match(stdout, new RegExp(`root Link: ${urdf.rootLink} `));
        const children = [...stdout.matchAll(/child\(\d+\): +(\S+)/g)].map(([, name]) => name);
        const expected = [...urdf.links.keys()].filter((name) => name !== urdf.rootLink);
        assert.deepEqual(new Set(children), new Set(expected));
      });

      // Not the fingers: it leaves out joints of links without mass, so Gazebo's worlds are made by us.
      it('is a model for libsdformat, with the same joints and limits of the arm', async () => {
        const program = await tools.compile(describer, SDF_LIBRARIES);
        const { stdout } = await execute(program, [file], { env: tools.environment });
        const { joints } = (JSON.parse(stdout) as SdfDescription).models[urdf.name]!;
        for (const name of embodiment.armJoints) {
          const { lower, upper, velocity, effort } = movableJoint(urdf, name).limit;
          const found = joints[name];
          assert.deepEqual({ ...found, lower, upper, velocity, effort }, found, name);
        }
      });
    });

    it('has the same joints, limits and kinematics for a loader in Python', async () => {
      const read = await installPythonReader();
      const random = new Random(5);
      const configurations = Array.from({ length: 20 }, () => randomConfiguration(urdf, random));
      const { root, joints, poses } = read(file, configurations);
      assert.equal(root, urdf.rootLink);
      assert.deepEqual(new Set(Object.keys(joints)), new Set(urdf.joints.keys()));
      for (const joint of urdf.joints.values()) {
        const { type, parent, child, limits } = joints[joint.name]!;
        assert.deepEqual([type, parent, child], [joint.type, joint.parent, joint.child]);
        if (joint.type === 'fixed') continue;
        const { lower, upper, velocity, effort } = joint.limit;
        assert.deepEqual(limits, [lower, upper, velocity, effort], joint.name);
      }
      for (const [i, configuration] of configurations.entries()) {
        for (const link of [embodiment.eeLink, ...childrenOf(urdf, Object.keys(configuration))]) {
          const chain = Chain.fromUrdf(urdf, urdf.rootLink, link);
          const pose = chain.forward(chain.jointNames.map((name) => configuration[name]!));
          const rows = poses[i]![link]!;
          const turn = rows.slice(0, 3).flatMap((row) => row.slice(0, 3));
          assertClose(matrixFromQuat(pose.orientation), turn, 1e-6, `turn of ${link}`);
          const place = rows.slice(0, 3).map((row) => row[3]!);
          assertClose(pose.position, place, 1e-6, `position of ${link}`);
        }
      }
    });
  });
}

function childrenOf(urdf: UrdfModel, joints: readonly string[]): string[] {
  return joints.map((name) => movableJoint(urdf, name).child);
}

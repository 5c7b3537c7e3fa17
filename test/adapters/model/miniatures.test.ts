import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { createPolicy, type LocalPolicy } from '../../../adapters/model/createPolicy.ts';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import { EMBODIMENTS } from '../../../core/embodiment/embodimentByName.ts';
import { Random } from '../../../core/math/random.ts';
import { simArmOf } from '../../../sim/arms/simArms.ts';
import { taskSceneOf } from '../../../sim/tasks/taskScene.ts';
import { instructionAt } from '../../../sim/world/Scene.ts';

const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url));
const SCENES = 20;

for (const embodiment of EMBODIMENTS) {
  const name = `nano-${embodiment.name}`;
  describe(`models/${name}`, () => {
    let policy: LocalPolicy;

    before(async () => {
      const modelPackage = await ModelPackage.load(`${MODELS}/${name}`);
      policy = await createPolicy(modelPackage, { embodiment, isolation: 'thread' });
    });

    after(() => policy.close());

    it('computes what the training framework computed', () => {
      const fields = policy.golden?.differences.map(({ field }) => field);
      assert.ok(fields?.includes('expected.actions'));
      assert.deepEqual(policy.golden?.faults, []);
    });

    it('knows every word of the tasks', () => {
      const said = new Set<string>();
      for (const task of simArmOf(embodiment).tasks) {
        for (let seed = 0; seed < SCENES; seed++) {
          const scene = taskSceneOf(task, new Random(seed));
          said.add(scene.instruction).add(instructionAt(scene, scene.maxTicks));
        }
      }
      assert.ok(said.size >= 4, [...said].join('; '));
      for (const instruction of said) {
        const result = policy.checkInstruction(instruction);
        assert.ok(result.ok);
        assert.deepEqual(result.unknownWords, [], instruction);
      }
    });
  });
}

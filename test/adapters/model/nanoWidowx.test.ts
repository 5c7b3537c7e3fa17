import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { createPolicy, type Policy } from '../../../adapters/model/createPolicy.ts';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';

const NANO_WIDOWX = fileURLToPath(new URL('../../../../models/nano-widowx', import.meta.url));

const INSTRUCTIONS = [
  'put the spoon on the towel',
  'put carrot on plate',
  'stack the green block on the yellow block',
  'put eggplant into yellow basket',
];

describe('models/nano-widowx', () => {
  let policy: Policy;

  before(async () => {
    const modelPackage = await ModelPackage.load(NANO_WIDOWX);
    policy = await createPolicy(modelPackage, { embodiment: widowx, isolation: 'thread' });
  });

  after(() => policy.close());

  it('computes what the training framework computed', () => {
    const fields = policy.golden?.differences.map(({ field }) => field);
    assert.ok(fields?.includes('expected.actions'));
    assert.deepEqual(policy.golden?.faults, []);
  });

  it('knows every word of the four tasks', () => {
    for (const instruction of INSTRUCTIONS) {
      const result = policy.checkInstruction(instruction);
      assert.ok(result.ok);
      assert.deepEqual(result.unknownWords, [], instruction);
    }
  });
});

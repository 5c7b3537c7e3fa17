import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createPolicy,
  type LocalPolicy,
  type PolicyOptions,
} from '../../../adapters/model/createPolicy.ts';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import type { AnswerKind } from '../../../core/plan/AnswerKind.ts';
import type { PlannerAnswer } from '../../../core/policy/Planner.ts';
import {
  editFile,
  editManifest,
  TALKING_MODEL,
  tinyObservation,
  withTinyModel,
} from './tinyModel.ts';

const INSTRUCTION = 'put the spoon on the towel';
const see = (id: bigint) => tinyObservation(id, id * 200_000_000n, ['wrist', 'front']);

async function withPolicy(
  options: Partial<PolicyOptions> & { readonly arm?: string; readonly folder?: string },
  use: (policy: LocalPolicy) => Promise<void>,
): Promise<void> {
  const { arm = 'widowx', folder = TALKING_MODEL, ...others } = options;
  const embodiment = { name: arm, tickSec: 0.2 };
  const modelPackage = await ModelPackage.load(folder, { verifyHashes: folder === TALKING_MODEL });
  const policy = await createPolicy(modelPackage, { isolation: 'none', embodiment, ...others });
  try {
    await use(policy);
  } finally {
    await policy.close();
  }
}

async function ask(
  { answers }: LocalPolicy,
  kind: AnswerKind,
  about: PlannerAnswer,
  isWanted?: () => boolean,
) {
  return answers!.ask({ kind, about, instruction: INSTRUCTION }, isWanted);
}

describe('a model that chats, with two views and two arms', () => {
  it('computes what Python computed, for each arm', async () => {
    for (const arm of ['widowx', 'google_robot']) {
      await withPolicy({ arm, answersAtOnce: true }, async ({ golden }) => {
        assert.deepEqual(
          golden?.differences.map(({ field }) => field),
          ['expected.normalised_actions', 'expected.actions'],
        );
        for (const { maxDifference } of golden!.differences) assert.ok(maxDifference < 1e-5);
      });
    }
  });

  it("un-normalises by the arm's own statistics", async () => {
    const actions: Record<string, Float32Array> = {};
    for (const arm of ['widowx', 'google_robot']) {
      await withPolicy({ arm, golden: false }, async ({ planner, expert }) => {
        const { tokens } = await planner.plan(see(1n), INSTRUCTION, 0);
        actions[arm] = (await expert.act(see(1n), tokens)).actions;
      });
    }
    const [near, far] = [actions['widowx']!, actions['google_robot']!];
    // q01…q99 is −0.03…0.05 and −0.3…0.4.
    const inRange = (x: number, low: number, high: number) => (x - low) / (high - low);
    for (const i of [0, 1, 2, 7, 8, 9]) {
      const difference = inRange(near[i]!, -0.03, 0.05) - inRange(far[i]!, -0.3, 0.4);
      assert.ok(Math.abs(difference) < 1e-5);
    }
    assert.notDeepEqual(near, far);
  });

  it('acts on tokens of the same pictures as on those of just now', () =>
    withPolicy({}, async ({ planner, expert }) => {
      const { tokens: old } = await planner.plan(see(1n), INSTRUCTION, 0);
      await planner.plan(see(2n), INSTRUCTION, 0);
      const { tokens: fresh } = await planner.plan(see(1n), INSTRUCTION, 0);
      const { tokens: other } = await planner.plan(see(2n), INSTRUCTION, 0);
      const [stale, lockStep, moved] = [
        await expert.act(see(1n), old),
        await expert.act(see(1n), fresh),
        await expert.act(see(1n), other),
      ];
      assert.deepEqual(stale.actions, lockStep.actions);
      assert.notDeepEqual(moved.actions, lockStep.actions, 'the tokens matter');
    }));

  for (const isolation of ['none', 'process'] as const) {
    it(`says where things are when it is asked, isolation ${isolation}`, () =>
      withPolicy({ isolation }, async (policy) => {
        const about = await policy.planner.plan(see(1n), INSTRUCTION, 5);
        assert.deepEqual(about.plan.boxes, [], 'it says nothing while it acts');
        const boxes = await ask(policy, 'boxes', about);
        const box = { label: 'spoon', x1: 0.25, y1: 0.25, x2: 0.5, y2: 0.5, score: 1 };
        assert.deepEqual(boxes?.plan.boxes, [box]);
        assert.match(boxes.plan.rawText, /^\[ \{ "bbox_2d" : \[ 4 , 3 , 8 , 6 \]/);
        assert.deepEqual([boxes.plan.id, boxes.plan.epoch, boxes.ids.length], [1n, 5, 19]);
        const points = await ask(policy, 'points', about);
        assert.deepEqual(points?.plan.points, [{ label: '', x: 0.25, y: 0.5, score: 1 }]);
        const path = await ask(policy, 'trajectory', about);
        assert.equal(path?.plan.rawText, 'no idea .');
        assert.deepEqual(path.plan.trajectory, []);
        assert.deepEqual(path.reading.problems, ['no coordinates in the answer']);
      }));
  }

  it('stops between two tokens when nobody wants the answer any more', () =>
    withPolicy({}, async (policy) => {
      const about = await policy.planner.plan(see(1n), INSTRUCTION, 0);
      let left = 3;
      assert.equal(await ask(policy, 'boxes', about, () => left-- > 0), undefined);
      assert.equal((await ask(policy, 'points', about))?.plan.points.length, 1);
    }));

  it('plans and acts while an answer takes minutes, and can be closed in the middle', async () => {
    let question: Promise<void> | undefined;
    await withPolicy({ isolation: 'process', golden: false }, async (policy) => {
      const about = await policy.planner.plan(see(1n), INSTRUCTION, 0);
      await ask(policy, 'points', about);
      const instruction = 'put the spoon on the towel forever';
      const answer = policy.answers!.ask({ kind: 'boxes', about, instruction });
      question = assert.rejects(answer, /the answers's worker is closed/);
      for (let id = 2n; id < 12n; id++) {
        const { tokens } = await policy.planner.plan(see(id), INSTRUCTION, 0);
        await policy.expert.act(see(id), tokens);
      }
    });
    await question;
  });

  it('refuses an instruction that would end its turn', () =>
    withPolicy({ golden: false }, async ({ checkInstruction }) => {
      const result = checkInstruction('put <end> the spoon');
      assert.ok(!result.ok && /<end>, a word of the model's own/.test(result.reason));
    }));

  it('refuses to move an arm that it does not know, and names those that it does', async () => {
    await assert.rejects(
      withPolicy({ arm: 'kuka' }, () => Promise.resolve()),
      /embodiment: expected one of the model's arms \(widowx, google_robot\), found kuka/,
    );
  });

  it('refuses a model that answers in other words than its golden run', () =>
    withTinyModel(async (folder) => {
      const edits = { 'expected/answers/points/ids': [1, 2, 3] };
      const bytes = await editFile(join(folder, 'golden.json'), edits);
      await editManifest(folder, { 'files/golden.json/bytes': bytes });
      await assert.rejects(
        withPolicy({ folder, answersAtOnce: true }, () => Promise.resolve()),
        /golden.json: expected.answers.points.ids: expected \[1,2,3\], found \[\d+,/,
      );
    }, TALKING_MODEL));

  it('refuses weights that have changed', () =>
    withTinyModel(async (folder) => {
      const path = join(folder, 'planner_llm.data');
      const bytes = await readFile(path);
      bytes[100]! ^= 1;
      await writeFile(path, bytes);
      await assert.rejects(ModelPackage.load(folder), /planner_llm.data: sha256: expected/);
    }, TALKING_MODEL));
});

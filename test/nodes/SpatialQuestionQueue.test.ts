import assert from 'node:assert/strict';
import type { AnswerKind } from '../../core/plan/AnswerKind.ts';
import { readSpatialText } from '../../core/plan/readSpatialText.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import type { PlannerAnswer } from '../../core/policy/Planner.ts';
import type { TextAnswer, TextQuestion } from '../../core/policy/TextAnswers.ts';
import { floatTensor } from '../../core/policy/Tensor.ts';
import { Abandoned, SpatialQuestionQueue } from '../../nodes/policy/SpatialQuestionQueue.ts';

const TEXTS: Record<AnswerKind, string> = {
  boxes: '[10, 20, 30, 40]',
  points: '[50, 60]',
  trajectory: 'no idea',
};

/** Answers when it is told to. */
class FakeAnswers {
  readonly questions: TextQuestion[] = [];
  readonly #waiting: (() => void)[] = [];

  async ask(
    question: TextQuestion,
    isWanted: () => boolean = () => true,
  ): Promise<TextAnswer | undefined> {
    this.questions.push(question);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (!isWanted()) return undefined;
    const { kind, about } = question;
    const rawText = TEXTS[kind];
    const reading = readSpatialText(rawText, kind, { width: 100, height: 100 });
    const { boxes, points, trajectory } = reading;
    const plan = { ...about.plan, boxes, points, trajectory, rawText, latencySec: 2 };
    return { kind, plan, reading, ids: [1, 2] };
  }

  /** Lets the question under way be answered, and what follows happen. */
  async finish(): Promise<void> {
    this.#waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function setUp(every: number, kinds: readonly AnswerKind[] = ['boxes']) {
  const answers = new FakeAnswers();
  const published: SpatialPlan[] = [];
  const errors: unknown[] = [];
  const state = { epoch: 1 };
  const desk = new SpatialQuestionQueue({
    answers,
    every,
    kinds,
    epoch: () => state.epoch,
    publish: (plan) => published.push(plan),
    onError: (error) => errors.push(error),
  });
  return { answers, published, errors, state, desk };
}

function planOf(id: bigint, epoch = 1): PlannerAnswer {
  const origin = { observationId: id, stampNs: id, epoch };
  const vlmProj = floatTensor(new Float32Array(1), [1, 1, 1]);
  return {
    plan: {
      id,
      ...origin,
      instruction: 'put it there',
      view: 'front',
      boxes: [],
      points: [],
      trajectory: [],
      rawText: '',
      latencySec: 1,
    },
    tokens: { planId: id, ...origin, vlmProj },
    imageFeatures: vlmProj,
  };
}

describe('SpatialQuestionQueue', () => {
  it('asks about every third plan and publishes all answers as one', async () => {
    const { answers, published, desk } = setUp(3, ['boxes', 'points']);
    for (let id = 1n; id <= 4n; id++) {
      desk.planned(planOf(id));
      await answers.finish();
      await answers.finish();
    }
    assert.deepEqual(
      published.map(({ id, boxes, points }) => [id, boxes.length, points.length]),
      [
        [1n, 1, 1],
        [4n, 1, 1],
      ],
    );
    assert.equal(published[0]!.rawText, '[10, 20, 30, 40]\n[50, 60]');
    assert.equal(published[0]!.latencySec, 5);
    assert.equal(desk.counts.read, 4);
  });

  it('never asks by itself unless it is told to', () => {
    const { answers, desk } = setUp(0);
    desk.planned(planOf(1n));
    assert.equal(answers.questions.length, 0);
  });

  it('begins no question while another is open', async () => {
    const { answers, desk } = setUp(1);
    desk.planned(planOf(1n));
    desk.planned(planOf(2n));
    assert.deepEqual([answers.questions.length, desk.counts.skipped], [1, 1]);
    await answers.finish();
    desk.planned(planOf(3n));
    assert.equal(answers.questions.length, 2);
  });

  it('abandons the answer when a new epoch begins', async () => {
    const { answers, published, state, desk } = setUp(1);
    desk.planned(planOf(1n));
    const asked = assert.rejects(desk.ask('points', ''), Abandoned);
    state.epoch = 2;
    await answers.finish();
    await answers.finish();
    await asked;
    assert.deepEqual([published.length, desk.counts.abandoned], [0, 2]);
  });

  it('lets who asks go before its own questions', async () => {
    const { answers, published, desk } = setUp(1);
    desk.planned(planOf(1n));
    const answer = desk.ask('points', 'where is the cup');
    await answers.finish();
    assert.equal(answers.questions[1]!.instruction, 'where is the cup');
    await assert.rejects(desk.ask('points', ''), /another question/);
    await answers.finish();
    assert.deepEqual((await answer).plan.points[0], { label: '', x: 0.5, y: 0.6, score: 1 });
    assert.equal(published.length, 0);
    assert.equal(desk.counts.abandoned, 1);
  });

  it('asks by the instruction of the plan unless another is given', async () => {
    const { answers, desk } = setUp(0);
    desk.planned(planOf(1n));
    const answer = desk.ask('trajectory', '');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(answers.questions[0]!.instruction, 'put it there');
    await answers.finish();
    assert.equal((await answer).reading.isReadable, false);
    assert.equal(desk.counts.unreadable, 1);
  });

  it('refuses questions before there is a plan of this epoch', async () => {
    const { state, desk } = setUp(0);
    await assert.rejects(desk.ask('boxes', ''), /no plan yet/);
    desk.planned(planOf(1n));
    state.epoch = 2;
    await assert.rejects(desk.ask('boxes', ''), /no plan yet/);
  });
});

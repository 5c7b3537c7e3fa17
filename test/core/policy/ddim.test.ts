import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { ddimSteps, ddimUpdate, squaredCosAlphaBars } from '../../../core/policy/ddim.ts';
import type { DiffusionSpec } from '../../../core/policy/ModelSpec.ts';

type Golden = {
  readonly relative_tolerance: number;
  readonly train_steps: number;
  readonly alpha_bars: readonly number[];
  readonly cases: readonly {
    readonly timestep_spacing: DiffusionSpec['timestepSpacing'];
    readonly prediction: DiffusionSpec['prediction'];
    readonly inference_steps: number;
    readonly timesteps: readonly number[];
    readonly start: readonly number[];
    readonly predicted: readonly (readonly number[])[];
    readonly samples: readonly (readonly number[])[];
  }[];
};

const fixture = new URL('../../../../test/fixtures/ddim_golden.json', import.meta.url);
const golden = JSON.parse(readFileSync(fixture, 'utf8')) as Golden;

function specOf(overrides: Partial<DiffusionSpec>): DiffusionSpec {
  return {
    trainSteps: 100,
    betaSchedule: 'squaredcos_cap_v2',
    timestepSpacing: 'leading',
    prediction: 'epsilon',
    inferenceSteps: 10,
    guidanceScale: 1,
    ...overrides,
  };
}

describe('squaredCosAlphaBars', () => {
  it('is the schedule of diffusers', () => {
    const alphaBars = squaredCosAlphaBars(golden.train_steps);
    golden.alpha_bars.forEach((expected, t) =>
      assert.ok(Math.abs(alphaBars[t]! - expected) < 1e-6, `t = ${t}: ${alphaBars[t]}`),
    );
  });
});

describe('DDIM', () => {
  for (const example of golden.cases) {
    const { timestep_spacing: timestepSpacing, prediction, inference_steps } = example;
    it(`is that of diffusers: ${timestepSpacing}, ${prediction}, ${inference_steps} steps`, () => {
      const inferenceSteps = inference_steps;
      const steps = ddimSteps(specOf({ timestepSpacing, prediction, inferenceSteps }));
      assert.deepEqual(
        steps.map(({ timestep }) => timestep),
        example.timesteps,
      );
      const x = Float32Array.from(example.start);
      steps.forEach((step, i) => {
        ddimUpdate(x, Float32Array.from(example.predicted[i]!), step, prediction);
        example.samples[i]!.forEach((expected, k) => {
          const scale = Math.max(1, ...example.samples[i]!.map(Math.abs));
          const difference = Math.abs(x[k]! - expected) / scale;
          assert.ok(difference < golden.relative_tolerance, `step ${i}: ${x[k]} ≠ ${expected}`);
        });
      });
    });
  }

  it('ends at the sample that a network predicts all the time', () => {
    const numbers = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), {
      minLength: 7,
      maxLength: 7,
    });
    fc.assert(
      fc.property(numbers, numbers, fc.constantFrom(1, 2, 5, 10, 100), (start, target, count) => {
        const x = Float32Array.from(start);
        for (const step of ddimSteps(specOf({ inferenceSteps: count }))) {
          ddimUpdate(x, Float32Array.from(target), step, 'sample');
        }
        target.forEach((value, i) => assert.ok(Math.abs(x[i]! - value) < 1e-5));
      }),
    );
  });

  it('refuses a prediction of another length', () => {
    const [step] = ddimSteps(specOf({}));
    assert.throws(
      () => ddimUpdate(new Float32Array(7), new Float32Array(6), step!, 'sample'),
      /7 numbers in the sample, 6 predicted/,
    );
  });
});

import type { RgbImage } from '../../core/observation/Observation.ts';
import type { NetworkActionExpert } from '../../core/policy/ActionExpert.ts';
import { postprocess } from '../../core/policy/postprocess.ts';
import type { ActionStatistics } from '../../core/policy/ActionStatistics.ts';
import { ViewConverter } from '../../core/image/ViewConverter.ts';
import { quatFromRollPitchYaw } from '../../core/math/quat.ts';
import type { Pose } from '../../core/math/types.ts';
import type { LocalPolicy } from '../model/createPolicy.ts';

/** What a client asks: the newest pictures, the sentence, and where the arm is. */
export type PolicyRequest = {
  /** In the order of the model's views, at any size. */
  readonly images: readonly RgbImage[];
  readonly instruction: string;
  /**
   * End effector in the base frame and gripper opening (0 closed, 1 open): x y z (m), roll pitch yaw
   * (rad), opening; or x y z, quaternion x y z w, opening. Undefined where the client sends none.
   */
  readonly state: readonly number[] | undefined;
  /** Control step of the pictures, which a model that continues its last chunk counts by. */
  readonly tick: number | undefined;
};

/** Chunks of one request, row-major [horizon, dim], in the three forms that clients expect. */
export type PolicyResult = {
  readonly horizon: number;
  readonly dim: number;
  /** What the denoising gives, −1…1. */
  readonly normalised: Float32Array;
  /** In the units and conventions of the model's dataset; gripper 0 or 1. */
  readonly unnormalised: Float32Array;
  /** Canonical: Δx Δy Δz (m), rotation vector (rad), gripper opening 0…1. */
  readonly canonical: Float32Array;
  readonly planSec: number;
  readonly actSec: number;
};

/** What the sessions of all clients share. */
export type SharedPolicy = {
  readonly policy: Pick<
    LocalPolicy,
    'spec' | 'arm' | 'planner' | 'createExpert' | 'checkInstruction'
  >;
  readonly statistics: ActionStatistics;
};

/**
 * One client's episode with a model: the planner, then the expert, from the same pictures. Another
 * instruction begins another episode, whose noise starts again, so that episodes repeat.
 */
export class ServedPolicy {
  readonly #shared: SharedPolicy;
  readonly #expert: NetworkActionExpert;
  readonly #converters: readonly ViewConverter[];
  #instruction: string | undefined;
  #epoch = 0;
  #step = 0n;

  constructor(shared: SharedPolicy) {
    this.#shared = shared;
    const { spec, createExpert } = shared.policy;
    this.#expert = createExpert();
    this.#converters = spec.image.views.map(() => new ViewConverter(spec.image));
  }

  /** @throws RangeError where the request does not fit the model */
  async answer(request: PolicyRequest): Promise<PolicyResult> {
    const { policy, statistics } = this.#shared;
    const { spec } = policy;
    const arm = this.#armOf(request);
    const views = this.#viewsOf(request.images);
    const prompt = policy.checkInstruction(request.instruction);
    if (!prompt.ok) throw new RangeError(`instruction: ${prompt.reason}`);
    if (request.instruction !== this.#instruction) {
      this.#instruction = request.instruction;
      this.#epoch += 1;
      this.#step = 0n;
    }
    const id = ++this.#step;
    const joints = { stampNs: 0n, names: [], positions: NONE, velocities: NONE };
    const observation = { id, stampNs: 0n, views, joints, ...arm };
    const { plan, tokens } = await policy.planner.plan(
      observation,
      request.instruction,
      this.#epoch,
    );
    const { normalised, chunk } = await this.#expert.denoise(observation, tokens, request.tick);
    const ownForm = { ...spec.action, rotation: 'rotation_vector', gripperConvention: 'open_1' };
    return {
      horizon: chunk.horizon,
      dim: chunk.dim,
      normalised,
      unnormalised: postprocess(normalised, ownForm as typeof spec.action, statistics),
      canonical: chunk.actions,
      planSec: plan.latencySec,
      actSec: chunk.latencySec,
    };
  }

  #viewsOf(images: readonly RgbImage[]) {
    const { views: names } = this.#shared.policy.spec.image;
    if (images.length !== names.length) {
      const expected = `${names.length} (${names.join(', ')})`;
      throw new RangeError(`images: expected ${expected}, found ${images.length}`);
    }
    return names.map((name, i) => ({
      name,
      image: this.#converters[i]!.convert(images[i]!),
      stampNs: 0n,
    }));
  }

  #armOf({ state }: PolicyRequest): { readonly baseFromEe: Pose; readonly gripperOpening: number } {
    const { spec } = this.#shared.policy;
    if (state === undefined) {
      if (spec.proprio === undefined) return UNKNOWN_ARM;
      const expected = `expected ${STATE}, as ${spec.name} reads where the arm is`;
      throw new RangeError(`state: ${expected}, found none`);
    }
    if (!state.every(Number.isFinite) || (state.length !== 7 && state.length !== 8))
      throw new RangeError(`state: expected ${STATE}, found ${state.length} numbers`);
    const [x = 0, y = 0, z = 0, a = 0, b = 0, c = 0, d = 0] = state;
    const gripperOpening = Math.min(1, Math.max(0, state[state.length - 1]!));
    const norm = Math.hypot(a, b, c, d);
    if (state.length === 8 && Math.abs(norm - 1) > 0.01)
      throw new RangeError(`state: expected a quaternion of length 1, found ${norm}`);
    const orientation =
      state.length === 7
        ? quatFromRollPitchYaw(a, b, c)
        : ([a / norm, b / norm, c / norm, d / norm] as const);
    return { baseFromEe: { position: [x, y, z], orientation }, gripperOpening };
  }
}

const STATE =
  '7 finite numbers (x y z roll pitch yaw opening) or 8 (x y z, quaternion x y z w, opening)';

const NONE = new Float64Array();

/** For models that do not read it. */
const UNKNOWN_ARM = {
  baseFromEe: { position: [0, 0, 0], orientation: [0, 0, 0, 1] },
  gripperOpening: 1,
} as const;

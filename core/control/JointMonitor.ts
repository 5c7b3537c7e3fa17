import { secondsOf } from '../math/time.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { Chain } from '../kinematics/Chain.ts';
import type { Pose } from '../math/types.ts';
import type { JointSample } from '../observation/Observation.ts';
import type { JointBounds } from './armBounds.ts';
import { LeapDetector } from './LeapDetector.ts';
import { RestDetector } from './RestDetector.ts';

export type JointStateAnswer =
  { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

/** Stamps may be this far ahead of the clock. */
export const CLOCK_SKEW_NS = 100_000_000n;

/** Readings may be this far outside the limits (calibration), rad. */
const LIMIT_TOLERANCE_RAD = 0.1;

/** Where the arm is, by its latest joint state, and how far that can be trusted. */
export class JointMonitor {
  /** Arm joint positions in the chain's order; meaningful once a sample was accepted. */
  readonly joints: Float64Array;
  /** Whether the arm rests. */
  readonly rest: RestDetector;
  /** The same of the arm alone, whatever its gripper does. */
  readonly armRest: RestDetector;
  readonly #leaps: LeapDetector;
  /** Arm joints, then the finger joint. */
  readonly #positions: Float64Array;
  readonly #chain: Chain;
  readonly #bounds: JointBounds;
  readonly #names: readonly string[];
  readonly #staleAfterNs: bigint;
  readonly #indices: Int32Array;
  #stampNs: bigint | undefined;
  #baseFromEe: Pose | undefined;

  constructor(embodiment: Embodiment, chain: Chain, bounds: JointBounds, staleAfterNs: bigint) {
    this.#chain = chain;
    this.#bounds = bounds;
    this.#names = [...embodiment.armJoints, embodiment.gripper.joint];
    this.#staleAfterNs = staleAfterNs;
    this.#indices = new Int32Array(this.#names.length);
    this.#positions = new Float64Array(this.#names.length);
    this.joints = this.#positions.subarray(0, chain.size);
    const { gripper } = embodiment;
    this.rest = new RestDetector(this.#names, gripper.open - gripper.closed);
    this.armRest = new RestDetector(embodiment.armJoints);
    this.#leaps = new LeapDetector(this.#names, bounds.velocity);
  }

  /** When the latest sample was true, ns; undefined until one was accepted. */
  get stampNs(): bigint | undefined {
    return this.#stampNs;
  }

  /** Pose of the end effector; undefined until a sample was accepted. */
  get baseFromEe(): Pose | undefined {
    return this.#baseFromEe;
  }

  /** Position of the commanded finger joint. */
  get gripperPosition(): number {
    return this.#positions[this.joints.length]!;
  }

  /** Takes the joints by name, whatever else is in the sample; refuses it whole or not at all. */
  accept(sample: JointSample): JointStateAnswer {
    const fault = this.#faultOf(sample);
    if (fault !== undefined) return { accepted: false, reason: `joint state: ${fault}` };
    const at = (i: number): number => sample.positions[this.#indices[i] as number] as number;
    if (this.#stampNs !== undefined && this.#isOvertaken(sample.stampNs, this.#stampNs)) {
      const positions = Float64Array.from(this.#names, (_, i) => at(i));
      this.rest.addOlder(positions);
      this.armRest.addOlder(positions.subarray(0, this.joints.length));
      return { accepted: false, reason: 'joint state: older than the one before' };
    }
    for (let i = 0; i < this.#positions.length; i++) this.#positions[i] = at(i);
    this.#stampNs = sample.stampNs;
    this.rest.add(sample.stampNs, this.#positions);
    this.armRest.add(sample.stampNs, this.joints);
    this.#leaps.add(sample.stampNs, this.#positions);
    this.#baseFromEe = this.#chain.forward(this.joints);
    return { accepted: true };
  }

  /** As if no sample had come yet. */
  forget(): void {
    this.rest.restart();
    this.armRest.restart();
    this.#stampNs = undefined;
    this.#baseFromEe = undefined;
  }

  /** Why the latest sample does not tell where the arm is now; undefined where it does. */
  staleness(nowNs: bigint): string | undefined {
    if (this.#stampNs === undefined) return 'no joint state yet';
    const ageNs = nowNs - this.#stampNs;
    if (ageNs > this.#staleAfterNs) return `joint state is ${inSeconds(ageNs)} old`;
    if (ageNs < -CLOCK_SKEW_NS) {
      return `joint state is stamped ${inSeconds(-ageNs)} ahead of the clock`;
    }
    return this.#leaps.contradiction();
  }

  /** The joint, if any, that stands where it must not be commanded to. */
  outsideLimits(): string | undefined {
    for (const [i, q] of this.joints.entries()) {
      const lower = this.#bounds.lower[i]!;
      const upper = this.#bounds.upper[i]!;
      if (q < lower - LIMIT_TOLERANCE_RAD || q > upper + LIMIT_TOLERANCE_RAD) {
        return `${this.#names[i]} is at ${q.toFixed(3)}, outside its limits ${lower}…${upper}`;
      }
    }
    return undefined;
  }

  /** Largest difference of one arm joint, rad. */
  distanceTo(positions: Float64Array): number {
    let most = 0;
    for (let i = 0; i < positions.length; i++) {
      most = Math.max(most, Math.abs(this.joints[i]! - positions[i]!));
    }
    return most;
  }

  /** Far older than the last one means that the clock behind the stamps was set back. */
  #isOvertaken(stampNs: bigint, lastNs: bigint): boolean {
    return stampNs < lastNs && lastNs - stampNs <= this.#staleAfterNs;
  }

  /** Finds the joints in the sample (`#indices`); why it cannot be used, if so. */
  #faultOf({ names, positions }: JointSample): string | undefined {
    if (names.length !== positions.length) {
      return `${names.length} names but ${positions.length} positions`;
    }
    this.#names.forEach((name, i) => (this.#indices[i] = names.indexOf(name)));
    const index = (i: number): number => this.#indices[i]!;
    const listed = (which: (name: string, i: number) => boolean): string =>
      this.#names.filter(which).join(', ');
    const missing = listed((_, i) => index(i) === -1);
    if (missing !== '') return `missing ${missing}`;
    const twice = listed((name, i) => names.lastIndexOf(name) !== index(i));
    if (twice !== '') return `named twice: ${twice}`;
    const bad = listed((_, i) => !Number.isFinite(positions[index(i)]));
    return bad === '' ? undefined : `not finite: ${bad}`;
  }
}

function inSeconds(ns: bigint): string {
  return `${secondsOf(ns).toFixed(3)} s`;
}

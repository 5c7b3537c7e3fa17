import { JointReader } from '../control/JointReader.ts';
import type { JointReading } from '../control/JointReader.ts';
import { type Embodiment, gripperOpeningOf } from '../embodiment/Embodiment.ts';
import { Chain } from '../kinematics/Chain.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { JointSample, Observation, View } from './Observation.ts';

export type AssemblerOptions = {
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  /** In the order of the observation; the first is the primary one. */
  readonly viewNames: readonly string[];
  /** Furthest that another view, or the joints, may be from the primary view in time. */
  readonly maxViewSkewSec: number;
  readonly maxJointSkewSec: number;
};

export type Assembly =
  | { readonly status: 'observation'; readonly observation: Observation }
  /** A view that is not the primary one was kept for later. */
  | { readonly status: 'kept' }
  | { readonly status: 'refused'; readonly reason: string };

/** At 50 Hz more than a second, at 1 kHz enough for the delay of an image. */
const JOINT_HISTORY = 256;

/**
 * Puts views and joint states of about the same time together: to each primary view the newest of
 * the other views and the joint state nearest in time.
 */
export class ObservationAssembler {
  readonly #options: AssemblerOptions;
  readonly #jointNames: readonly string[];
  readonly #reader: JointReader;
  readonly #chain: Chain;
  readonly #joints: JointSample[] = [];
  readonly #others = new Map<string, View>();
  #lastId = 0n;

  constructor(options: AssemblerOptions) {
    const { embodiment, urdf } = options;
    this.#options = options;
    this.#jointNames = [...embodiment.armJoints, embodiment.gripper.joint];
    this.#reader = new JointReader(this.#jointNames);
    this.#chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
  }

  /** Takes the joints that it knows by name; a sample without one of them is refused. */
  addJoints(sample: JointSample): JointReading {
    const size = this.#jointNames.length;
    const positions = new Float64Array(size);
    const reading = this.#reader.read(sample, positions);
    if (!reading.accepted) return reading;
    const velocities = new Float64Array(size);
    // Velocities are a courtesy of the driver: without usable ones they stay 0.
    this.#reader.read({ ...sample, positions: sample.velocities }, velocities);
    const { stampNs } = sample;
    this.#joints.push({ stampNs, names: this.#jointNames, positions, velocities });
    if (this.#joints.length > JOINT_HISTORY) this.#joints.shift();
    return reading;
  }

  addView(view: View): Assembly {
    const { viewNames, maxJointSkewSec } = this.#options;
    if (view.name !== viewNames[0]) {
      this.#others.set(view.name, view);
      return { status: 'kept' };
    }
    const views: View[] = [view];
    for (const name of viewNames.slice(1)) {
      const other = this.#others.get(name);
      const fault = this.#viewFault(name, other, view.stampNs);
      if (fault !== undefined || !other) return { status: 'refused', reason: fault ?? '' };
      views.push(other);
    }
    const joints = nearest(this.#joints, view.stampNs);
    if (!joints) return { status: 'refused', reason: 'no joint state yet' };
    const skew = distanceSec(joints.stampNs, view.stampNs);
    if (skew > maxJointSkewSec) {
      return {
        status: 'refused',
        reason: tooFar('the nearest joint state', skew, maxJointSkewSec),
      };
    }
    return { status: 'observation', observation: this.#observe(views, joints) };
  }

  #observe(views: readonly View[], joints: JointSample): Observation {
    const { armJoints, gripper } = this.#options.embodiment;
    const { positions } = joints;
    return {
      id: ++this.#lastId,
      stampNs: views[0]!.stampNs,
      views,
      joints,
      baseFromEe: this.#chain.forward(positions.subarray(0, armJoints.length)),
      gripperOpening: gripperOpeningOf(gripper, positions[armJoints.length]!),
    };
  }

  #viewFault(name: string, view: View | undefined, stampNs: bigint): string | undefined {
    if (!view) return `no image of view ${name} yet`;
    const skew = distanceSec(view.stampNs, stampNs);
    const { maxViewSkewSec } = this.#options;
    return skew > maxViewSkewSec ? tooFar(`view ${name}`, skew, maxViewSkewSec) : undefined;
  }
}

function tooFar(what: string, foundSec: number, expectedSec: number): string {
  const found = foundSec.toFixed(3);
  return `${what} is ${found} s from the primary image, expected at most ${expectedSec} s`;
}

function nearest(samples: readonly JointSample[], stampNs: bigint): JointSample | undefined {
  let best: JointSample | undefined;
  for (const sample of samples) {
    const isNearer =
      !best || distanceSec(sample.stampNs, stampNs) <= distanceSec(best.stampNs, stampNs);
    if (isNearer) best = sample;
  }
  return best;
}

function distanceSec(aNs: bigint, bNs: bigint): number {
  return Math.abs(Number(aNs - bNs)) / 1e9;
}

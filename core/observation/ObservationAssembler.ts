import { armBounds } from '../control/armBounds.ts';
import { JointMonitor } from '../control/JointMonitor.ts';
import type { JointStateAnswer } from '../control/JointMonitor.ts';
import { type Embodiment, gripperOpeningOf } from '../embodiment/Embodiment.ts';
import { Chain } from '../kinematics/Chain.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { Pose } from '../math/types.ts';
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
  /** Its joint states may yet come: `complete` after the next one. */
  | { readonly status: 'waiting'; readonly reason: string }
  | { readonly status: 'refused'; readonly reason: string };

type Reading = {
  readonly joints: JointSample;
  readonly baseFromEe: Pose;
  readonly gripperOpening: number;
};

/** An image this much older than the last one is the first of a clock that was set back. */
const CLOCK_SET_BACK_NS = 1_000_000_000n;
/** At 50 Hz more than a second, at 1 kHz enough for the delay of an image. */
const JOINT_HISTORY = 256;

/**
 * Puts views and joint states of about the same time together: to each primary view the newest of
 * the other views and the joint state nearest in time.
 */
export class ObservationAssembler {
  readonly #options: AssemblerOptions;
  readonly #jointNames: readonly string[];
  readonly #monitor: JointMonitor;
  readonly #readings: Reading[] = [];
  readonly #others = new Map<string, View>();
  #waiting: View | undefined;
  #lastId = 0n;
  /** Of the last observation. */
  #lastStampNs: bigint | undefined;

  constructor(options: AssemblerOptions) {
    const { embodiment, urdf } = options;
    this.#options = options;
    this.#jointNames = [...embodiment.armJoints, embodiment.gripper.joint];
    const chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    this.#monitor = new JointMonitor(embodiment, chain, armBounds(embodiment, urdf), 0n);
  }

  /** Takes the joints that it knows by name; a sample without one of them is refused. */
  addJoints(sample: JointSample): JointStateAnswer {
    const answer = this.#monitor.accept(sample);
    if (!answer.accepted) return answer;
    const { joints, gripperPosition, baseFromEe } = this.#monitor;
    this.#readings.push({
      joints: {
        stampNs: sample.stampNs,
        names: this.#jointNames,
        positions: Float64Array.of(...joints, gripperPosition),
        velocities: this.#velocitiesOf(sample),
      },
      baseFromEe: baseFromEe!,
      gripperOpening: gripperOpeningOf(this.#options.embodiment.gripper, gripperPosition),
    });
    if (this.#readings.length > JOINT_HISTORY) this.#readings.shift();
    return answer;
  }

  /** A primary view that is still waiting when another one comes is given up. */
  addView(view: View): Assembly {
    if (view.name !== this.#options.viewNames[0]) {
      this.#others.set(view.name, view);
      return { status: 'kept' };
    }
    const assembly = this.#assemble(view);
    this.#waiting = assembly.status === 'waiting' ? view : undefined;
    return assembly;
  }

  /** What has become of the waiting view; undefined while there is none. */
  complete(): Assembly | undefined {
    return this.#waiting && this.addView(this.#waiting);
  }

  #assemble(view: View): Assembly {
    const { viewNames, maxJointSkewSec } = this.#options;
    const { stampNs } = view;
    const last = this.#lastStampNs;
    if (last !== undefined && stampNs <= last && last - stampNs < CLOCK_SET_BACK_NS) {
      const lateSec = distanceSec(last, stampNs).toFixed(3);
      const how = stampNs === last ? 'came twice' : `is ${lateSec} s older than the last one`;
      return { status: 'refused', reason: `the primary image ${how}` };
    }
    const reading = nearest(this.#readings, stampNs);
    if (!reading) return { status: 'refused', reason: 'no joint state yet' };
    const skew = distanceSec(reading.joints.stampNs, stampNs);
    if (skew > maxJointSkewSec) {
      const isEarly = stampNs > this.#readings.at(-1)!.joints.stampNs;
      const reason = tooFar('the nearest joint state', skew, maxJointSkewSec);
      return { status: isEarly ? 'waiting' : 'refused', reason };
    }
    const views: View[] = [view];
    for (const name of viewNames.slice(1)) {
      const other = this.#others.get(name);
      const fault = this.#viewFault(name, other, stampNs);
      if (fault !== undefined || !other) return { status: 'refused', reason: fault ?? '' };
      views.push(other);
    }
    this.#lastStampNs = stampNs;
    const observation = { id: ++this.#lastId, stampNs, views, ...reading };
    return { status: 'observation', observation };
  }

  /** Velocities are a courtesy of the driver: where there are none they are 0. */
  #velocitiesOf({ names, velocities }: JointSample): Float64Array {
    return Float64Array.from(this.#jointNames, (name) => {
      const velocity = velocities[names.indexOf(name)];
      return Number.isFinite(velocity) ? velocity! : 0;
    });
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

function nearest(readings: readonly Reading[], stampNs: bigint): Reading | undefined {
  let best: Reading | undefined;
  let bestSec = Infinity;
  for (const reading of readings) {
    const sec = distanceSec(reading.joints.stampNs, stampNs);
    if (sec <= bestSec) [best, bestSec] = [reading, sec];
  }
  return best;
}

function distanceSec(aNs: bigint, bNs: bigint): number {
  return Math.abs(Number(aNs - bNs)) / 1e9;
}

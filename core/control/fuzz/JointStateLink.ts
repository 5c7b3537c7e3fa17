import { nsOf } from '../../math/time.ts';
import type { Embodiment } from '../../embodiment/Embodiment.ts';
import { movableJoint } from '../../kinematics/UrdfModel.ts';
import type { UrdfModel } from '../../kinematics/UrdfModel.ts';
import type { Random } from '../../math/random.ts';
import type { JointSample } from '../../observation/Observation.ts';
import { CONTROL_PERIOD_SEC } from '../controlPeriod.ts';
import { HOSTILE_NUMBERS } from './hostileNumbers.ts';
import type { FuzzTemper } from './FuzzTemper.ts';
import type { VirtualArm } from './VirtualArm.ts';

/** Nothing is later than this, s. */
const LATEST_SEC = 0.25;
/** A second publisher begins within this many periods, and stays for at most as many. */
const TWIN_PERIODS = 1000;
const SHORTEST_GAP_SEC = 0.05;
const LONGEST_GAP_SEC = 2;

type Delivery = { readonly period: number; readonly sample: JointSample };

/**
 * Joint states on their way from the arm to the controller: stamped truly, with noise, late, out of
 * order, lost, held up, and at times made up by a stranger.
 */
export class JointStateLink {
  readonly #random: Random;
  readonly #temper: FuzzTemper;
  readonly #embodiment: Embodiment;
  readonly #urdf: UrdfModel;
  #inTransit: Delivery[] = [];
  readonly #twinBegins: number;
  readonly #twinEnds: number;
  #gapEnds = 0;
  #holdsUp = false;

  constructor(random: Random, temper: FuzzTemper, embodiment: Embodiment, urdf: UrdfModel) {
    this.#random = random;
    this.#temper = temper;
    this.#embodiment = embodiment;
    this.#urdf = urdf;
    this.#twinBegins = random.int(TWIN_PERIODS);
    this.#twinEnds = this.#twinBegins + random.int(TWIN_PERIODS);
  }

  /** What arrives in this period, after the arm has reported where it is. */
  arrivals(period: number, nowNs: bigint, arm: VirtualArm): JointSample[] {
    this.#send(period, this.#report(arm, nowNs));
    const due = this.#inTransit.filter((delivery) => delivery.period <= period);
    this.#inTransit = this.#inTransit.filter((delivery) => delivery.period > period);
    const samples = due.sort((a, b) => a.period - b.period).map(({ sample }) => sample);
    const lies = this.#random.uniform() < this.#temper.liesPerSec * CONTROL_PERIOD_SEC;
    // a stranger is heard beside the arm, never in its place
    if (lies && samples.length > 0) samples.splice(this.#random.int(2), 0, this.#lie(samples[0]!));
    if (this.#isTwinsTurn(period)) samples.push(this.#twin(arm, nowNs));
    return samples;
  }

  /** Only while the arm itself is heard, too: none can tell a lie that nothing contradicts. */
  #isTwinsTurn(period: number): boolean {
    const { twinPeriods } = this.#temper;
    const isThere = period >= this.#twinBegins && period < this.#twinEnds;
    return isThere && twinPeriods > 0 && period % twinPeriods === 0 && period >= this.#gapEnds;
  }

  #twin(arm: VirtualArm, stampNs: bigint): JointSample {
    const sample = this.#report(arm, stampNs);
    sample.positions.fill(0);
    return sample;
  }

  #send(period: number, sample: JointSample): void {
    const random = this.#random;
    const { delaySec, jitterSec, gapsPerSec, lostShare } = this.#temper;
    const inGap = period < this.#gapEnds;
    if (!inGap && random.uniform() < gapsPerSec * CONTROL_PERIOD_SEC) {
      const gapSec = random.uniform(SHORTEST_GAP_SEC, LONGEST_GAP_SEC);
      this.#gapEnds = period + Math.round(gapSec / CONTROL_PERIOD_SEC);
      this.#holdsUp = random.uniform() < 0.5;
    }
    if (random.uniform() < lostShare || (inGap && !this.#holdsUp)) return;
    const lateSec = Math.min(LATEST_SEC, delaySec + random.uniform(0, jitterSec));
    const arrival = period + Math.round(lateSec / CONTROL_PERIOD_SEC);
    this.#inTransit.push({ period: inGap ? Math.max(arrival, this.#gapEnds) : arrival, sample });
  }

  #report(arm: VirtualArm, nowNs: bigint): JointSample {
    const { noiseRad, quantumRad, velocities, skewSec } = this.#temper;
    const names = [...this.#embodiment.armJoints, this.#embodiment.gripper.joint, 'unrelated'];
    const finger = names.length - 2;
    const positions = Float64Array.from(names, (_, i) => {
      const true_ = arm.positions[i] ?? 1;
      // a finger that slides is measured in metres
      const scale = i === finger && Math.abs(this.#embodiment.gripper.open) < 0.1 ? 0.03 : 1;
      const noisy = true_ + this.#random.normal() * noiseRad * scale;
      return quantumRad > 0 ? Math.round(noisy / (quantumRad * scale)) * quantumRad * scale : noisy;
    });
    const styles = {
      true: () => Float64Array.from(names, (_, i) => arm.velocities[i] ?? 0),
      zeros: () => new Float64Array(names.length),
      'not a number': () => new Float64Array(names.length).fill(NaN),
      missing: () => new Float64Array(0),
    };
    const stampNs = nowNs + nsOf(skewSec);
    return { stampNs, names, positions, velocities: styles[velocities]() };
  }

  /** Garbage, a second publisher's other arm, or a stamp of another time. */
  #lie(received: JointSample): JointSample {
    const random = this.#random;
    const names = [...received.names];
    const sample = { ...received, names, positions: received.positions.slice() };
    switch (random.int(9)) {
      case 0:
        names.forEach((name, i) => {
          const { lower, upper } =
            name === 'unrelated' ? { lower: -9, upper: 9 } : movableJoint(this.#urdf, name).limit;
          sample.positions[i] = random.uniform(lower, upper) * random.pick([1, 1, 1.02, 5]);
        });
        return sample;
      case 1:
        sample.positions[random.int(names.length)] = random.pick(HOSTILE_NUMBERS);
        return sample;
      case 2:
        sample.positions.fill(0);
        return sample;
      case 3:
        return { ...sample, names: names.slice(1) };
      case 4:
        names[random.int(names.length)] = random.pick(names);
        return sample;
      case 5: {
        const off = BigInt(random.int(4_000_000_000) - 2_000_000_000);
        const stampNs = random.pick([
          0n,
          -1n,
          received.stampNs + off,
          received.stampNs + 10n ** 18n,
        ]);
        return { ...sample, stampNs };
      }
      case 6:
        return { ...sample, positions: sample.positions.subarray(random.int(names.length)) };
      case 7:
        sample.positions.fill(random.pick(HOSTILE_NUMBERS));
        return sample;
      default: {
        // sound, but in another order
        const order = random.shuffle(names.map((_, i) => i));
        const positions = Float64Array.from(order, (i) => received.positions[i]!);
        return { ...sample, names: order.map((i) => names[i]!), positions };
      }
    }
  }
}

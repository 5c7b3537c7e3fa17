import { ACTION_DIM } from '../../action/ActionChunk.ts';
import type { ActionChunk } from '../../action/ActionChunk.ts';
import type { Embodiment } from '../../embodiment/Embodiment.ts';
import type { Random } from '../../math/random.ts';
import type { Controller } from '../Controller.ts';
import type { FuzzTemper } from './FuzzTemper.ts';
import { HOSTILE_NUMBERS } from './hostileNumbers.ts';

/** Sound chunks head the same way for about this many. */
const SAME_WAY_CHUNKS = 6;
/** Observations of sound chunks are at most so old, ns. */
const LATENCY_NS = 600_000_000;

/** Makes chunks, some of a policy that knows where it wants to go, the others hostile. */
export class FuzzPolicy {
  offered = 0;
  accepted = 0;
  readonly #random: Random;
  readonly #temper: FuzzTemper;
  readonly #embodiment: Embodiment;
  #heading: number[] = [];
  #opening = 1;

  constructor(random: Random, temper: FuzzTemper, embodiment: Embodiment) {
    this.#random = random;
    this.#temper = temper;
    this.#embodiment = embodiment;
  }

  /** Offers a chunk in some of the periods. */
  step(controller: Controller, nowNs: bigint): void {
    const random = this.#random;
    if (random.uniform() >= 1 / this.#temper.chunkPeriods) return;
    const isHostile = random.uniform() < this.#temper.hostileShare;
    const stampNs = nowNs - BigInt(random.int(LATENCY_NS));
    const chunk = this.#chunk(controller.epoch, stampNs, isHostile);
    const tick =
      isHostile && random.uniform() < 0.1
        ? random.pick([NaN, -1, 0.5, controller.tickOfStamp(nowNs) + 5, Infinity, random.int(1000)])
        : controller.tickOfStamp(chunk.stampNs);
    this.offered += 1;
    if (controller.offerChunk(chunk, tick, nowNs).accepted) this.accepted += 1;
  }

  #chunk(epoch: number, stampNs: bigint, isHostile: boolean): ActionChunk {
    const random = this.#random;
    const horizon = 1 + random.int(16);
    // from plausible to absurd steps
    const scale = 10 ** random.uniform(-3, 3);
    const actions = isHostile
      ? Float32Array.from({ length: horizon * ACTION_DIM }, () => random.normal() * scale)
      : this.#way(horizon);
    const id = BigInt(this.offered);
    const sound = {
      id,
      observationId: id,
      stampNs,
      planId: 1n,
      epoch,
      planAgeSec: 0,
      controlPeriodSec: this.#embodiment.tickSec,
      horizon,
      dim: ACTION_DIM,
      actions,
      latencySec: 0,
    };
    return isHostile ? this.#spoilt(sound) : sound;
  }

  /** Rows along a heading that changes now and then. */
  #way(horizon: number): Float32Array {
    const random = this.#random;
    if (this.#heading.length === 0 || random.int(SAME_WAY_CHUNKS) === 0) {
      const { maxStepM, maxStepRad } = this.#embodiment.limits;
      const step = (most: number): number => random.normal() * 0.6 * most * this.#temper.boldness;
      const axes = [0, 1, 2];
      this.#heading = [...axes.map(() => step(maxStepM)), ...axes.map(() => step(maxStepRad))];
      this.#opening = random.pick([0, 1, random.uniform()]);
    }
    const row = [...this.#heading, this.#opening];
    return Float32Array.from({ length: horizon * ACTION_DIM }, (_, i) => {
      const value = row[i % ACTION_DIM]!;
      return i % ACTION_DIM === ACTION_DIM - 1 ? value : value * random.uniform(0.7, 1.3);
    });
  }

  #spoilt(sound: ActionChunk): ActionChunk {
    const random = this.#random;
    const { actions, epoch, horizon } = sound;
    switch (random.int(14)) {
      case 0:
        actions[random.int(actions.length)] = random.pick(HOSTILE_NUMBERS);
        return sound;
      case 1:
        return { ...sound, horizon: random.pick([0, -1, horizon + 1, 1e9, NaN, 2.5]) };
      case 2:
        return { ...sound, dim: random.pick([0, 6, 8, -7, NaN]) };
      case 3:
        return { ...sound, actions: actions.subarray(random.int(actions.length)) };
      case 4:
        return { ...sound, epoch: random.pick([epoch - 1, epoch + 1, NaN, 0.5, -1]) };
      case 5:
        return { ...sound, controlPeriodSec: random.pick([0, 0.1, NaN, -0.2, 3]) };
      case 6: {
        const dayNs = 86_400_000_000_000n;
        const { stampNs } = sound;
        return { ...sound, stampNs: random.pick([0n, -1n, stampNs - dayNs, stampNs + dayNs]) };
      }
      default:
        return sound;
    }
  }
}

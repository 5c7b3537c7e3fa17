import type { Embodiment } from '../../embodiment/Embodiment.ts';
import type { UrdfModel } from '../../kinematics/UrdfModel.ts';
import { CommandCheck } from '../CommandCheck.ts';
import { CONTROL_PERIOD_SEC } from '../controlPeriod.ts';
import { FuzzEpisode } from './FuzzEpisode.ts';
import type { FuzzPeriod } from './FuzzEpisode.ts';
import { TRACE_FLAGS, TraceRecord } from './TraceRecord.ts';

/** An episode is another arm with another driver, network, policy and people: 40 s. */
export const EPISODE_PERIODS = 2000;
const MAX_KEPT = 20;

export type FuzzOptions = {
  readonly periods: number;
  readonly seed: number;
  /** Episodes before this one are left out: the same numbers as if they had run. */
  readonly firstEpisode?: number;
  /** Gets the header of a trace and then a record a period; the array is reused. */
  readonly trace?: ((record: Float64Array) => void) | undefined;
};

export type FuzzResult = {
  readonly periods: number;
  readonly chunksOffered: number;
  readonly chunksAccepted: number;
  /** Actions executed, and commands that would have been sent. */
  readonly ticks: number;
  readonly commands: number;
  readonly restarts: number;
  /** How often others gave the arm back. */
  readonly handovers: number;
  readonly violationCount: number;
  /** The first few, in words, with episode and period. */
  readonly violations: readonly string[];
};

/**
 * Lets a controller drive arms that are late, noisy, moved by others and started anywhere, with
 * hostile chunks and joint states, stops, faults, clock jumps and restarts, and checks everything that
 * it would send. Deterministic for a seed.
 */
export function fuzzController(
  embodiment: Embodiment,
  urdf: UrdfModel,
  { periods, seed, firstEpisode = 0, trace }: FuzzOptions,
): FuzzResult {
  const joints = embodiment.armJoints.length + 1;
  const record = new TraceRecord(joints);
  trace?.(TraceRecord.header(joints, CONTROL_PERIOD_SEC, seed));
  const sum = { chunksOffered: 0, chunksAccepted: 0, ticks: 0, commands: 0, restarts: 0 };
  let handovers = 0;
  let violationCount = 0;
  const violations: string[] = [];
  for (let done = 0, number = firstEpisode; done < periods; number++) {
    const episode = new FuzzEpisode(embodiment, urdf, `${seed}/${number}`);
    const check = new CommandCheck(embodiment, urdf, CONTROL_PERIOD_SEC);
    let listened = true;
    let ticksOfProcess = 0;
    const length = Math.min(EPISODE_PERIODS, periods - done);
    for (let k = 0; k < length; k++) {
      const period = episode.step();
      const { truth, listens, isNewProcess, hasNoProcess, output } = period;
      if (isNewProcess || hasNoProcess) check.restart();
      check.arm(truth, listens);
      const before = check.violations.length;
      check.output(output);
      for (const found of check.violations.slice(before)) {
        if (violations.length < MAX_KEPT) {
          violations.push(`seed ${seed}, episode ${number}, period ${k}: ${found}`);
        }
      }
      if (listens && !listened) handovers += 1;
      listened = listens;
      const { command, tick = ticksOfProcess } = output ?? {};
      sum.commands += Number(command !== undefined);
      sum.ticks += Math.max(0, tick - (isNewProcess ? 0 : ticksOfProcess));
      ticksOfProcess = tick;
      const flags = flagsOf(period, k);
      const { speedScale } = episode.world;
      record.set(k * CONTROL_PERIOD_SEC, flags, speedScale, command, truth);
      trace?.(record.values);
    }
    violationCount += check.violationCount;
    sum.chunksOffered += episode.policy.offered;
    sum.chunksAccepted += episode.policy.accepted;
    sum.restarts += episode.operator.restarts;
    done += length;
  }
  return { periods, ...sum, handovers, violationCount, violations };
}

function flagsOf(period: FuzzPeriod, k: number): number {
  const { listens, isNewProcess, hasNoProcess, output } = period;
  const { sent, episode, process, listens: obeys, gone } = TRACE_FLAGS;
  return (
    (output?.command === undefined ? 0 : sent) |
    (k === 0 ? episode : 0) |
    (isNewProcess ? process : 0) |
    (listens ? obeys : 0) |
    (hasNoProcess ? gone : 0)
  );
}

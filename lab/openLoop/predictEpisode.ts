import type { BagReader } from '../../adapters/bags/Bag.ts';
import { ACTION_DIM } from '../../core/action/ActionChunk.ts';
import type { Policy } from '../../adapters/model/createPolicy.ts';
import { CONTROL_PERIOD_NS } from '../../core/control/controlPeriod.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import type { PredictedChunk } from '../../core/replay/OpenLoopErrors.ts';
import type { PlanEvent } from '../../core/replay/ReplayEvent.ts';
import { Track } from '../../core/replay/Track.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import { camerasOf } from '../replay/cameraTopics.ts';
import type { JointPositions } from '../replay/readMotion.ts';
import { ReplayBag, type ReplayBagOptions } from '../replay/ReplayBag.ts';
import { ReplayRun } from '../replay/ReplayRun.ts';

/** What a model would do with what an arm saw. */
export type Prediction = {
  readonly chunks: readonly PredictedChunk[];
  /** The first that was planned for; empty where nothing was planned. */
  readonly instruction: string;
  /** By the stamp of the picture that was planned on. */
  readonly plans: Track<PlanEvent>;
  readonly commands: Track<JointPositions>;
  /** Of the first view, as the bag calls it. */
  readonly primaryTopic: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly notices: readonly string[];
};

export type PredictOptions = Pick<ReplayBagOptions, 'namespace' | 'remaps' | 'instruction'> & {
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly settings: LoopSettings;
  readonly maxSkewSec: number;
};

/** @throws BagError where the bag lacks what the pipeline needs */
export async function predictEpisode(
  bag: BagReader,
  policy: Policy,
  options: PredictOptions,
): Promise<Prediction> {
  const { embodiment, urdf, settings, maxSkewSec } = options;
  const replayBag = await ReplayBag.open(bag, {
    ...options,
    cameras: camerasOf(policy.spec.image.views, embodiment.name),
    image: policy.spec.image,
  });
  const { startNs, endNs, primaryTopic } = replayBag;
  const run = new ReplayRun({ bag: replayBag, policy, embodiment, urdf, settings, maxSkewSec });
  const stamps = new Map<number, bigint>();
  const chunks: PredictedChunk[] = [];
  const plans = new Track<PlanEvent>();
  const commands = new Track<JointPositions>();
  for await (const { event, observation } of run.run()) {
    if (event.stage === 'observation') stamps.set(event.id, observation!.stampNs);
    if (event.stage === 'plan') plans.add(stamps.get(event.observationId)!, event);
    if (event.stage === 'chunk') {
      const stampNs = stamps.get(event.observationId)!;
      const actions = Float32Array.from(event.actions);
      chunks.push({ stampNs, horizon: actions.length / ACTION_DIM, actions });
    }
    if (event.stage === 'command' && event.positions.length > 0) {
      commands.add(startNs + BigInt(event.period) * CONTROL_PERIOD_NS, {
        arm: Float64Array.from(event.positions),
        gripper: event.gripper[0],
      });
    }
  }
  const [first] = plans.entries();
  const instruction = first?.[1].instruction ?? '';
  const notices = [...bag.notices, ...run.notices];
  return { instruction, chunks, plans, commands, primaryTopic, startNs, endNs, notices };
}

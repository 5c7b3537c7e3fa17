import type { BagReader } from '../../adapters/bags/Bag.ts';
import { findBags } from '../../adapters/bags/findBags.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import { readEpisodeFacts } from '../../adapters/bags/readEpisodeFacts.ts';
import type { Policy } from '../../adapters/model/createPolicy.ts';
import { openPolicy, type OpenPolicyOptions } from '../../adapters/remote/openPolicy.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { type ComparedAction, OpenLoopErrors } from '../../core/replay/OpenLoopErrors.ts';
import { RecordedActions } from '../../core/replay/RecordedActions.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { type BagMotion, readMotion } from '../replay/readMotion.ts';
import type { ReplayOptions } from '../replay/replay.ts';
import { compareCommands } from './compareCommands.ts';
import type { EpisodeOfModel, OpenLoopEpisode, OpenLoopReport } from './OpenLoopEpisode.ts';
import { predictEpisode } from './predictEpisode.ts';

export type OpenLoopOptions = Omit<ReplayOptions, 'golden' | 'update' | 'exact'> & {
  /** A second model to compare with the first one. */
  readonly otherModelFolder: string | undefined;
};

type Recorded = Omit<OpenLoopEpisode, 'models'> & {
  readonly motion: BagMotion;
  readonly actions: RecordedActions;
};

type Arm = { readonly embodiment: Embodiment; readonly urdf: UrdfModel };

/**
 * What models would do with recorded observations, beside what was done: nothing that a model
 * proposes changes what it sees next.
 * @throws BagError where none of the bags can be used, FaultError where a model is wrong
 */
export async function openLoop(
  options: OpenLoopOptions,
  onProgress: (text: string) => void,
): Promise<OpenLoopReport> {
  const embodiment = embodimentByName(options.settings.robot);
  const arm = { embodiment, urdf: parseUrdf(await readUrdf(embodiment)) };
  const run = new Comparison(options, arm, onProgress);
  for (const path of await findBags(options.bag)) await run.addBag(path);
  const folders = [options.modelFolder, options.otherModelFolder].filter(
    (one) => one !== undefined,
  );
  for (const folder of folders) {
    const { noiseSeed } = options;
    const url = folder === options.modelFolder ? options.policyUrl : undefined;
    await withPolicy(folder, { embodiment, noiseSeed, url }, (policy) => run.addModel(policy));
  }
  return run.report(folders);
}

type Episode = Recorded & { readonly models: EpisodeOfModel[] };

class Comparison {
  readonly #options: OpenLoopOptions;
  readonly #arm: Arm;
  readonly #onProgress: (text: string) => void;
  readonly #skipped: { bag: string; reason: string }[] = [];
  readonly #modelNames: string[] = [];
  #episodes: Episode[] = [];

  constructor(options: OpenLoopOptions, arm: Arm, onProgress: (text: string) => void) {
    this.#options = options;
    this.#arm = arm;
    this.#onProgress = onProgress;
  }

  async addBag(path: string): Promise<void> {
    await this.#attempt(path, async () => {
      const recorded = await withBag(path, (bag) => recordedOf(bag, this.#arm, this.#options));
      this.#episodes.push({ ...recorded, models: [] });
    });
  }

  async addModel(policy: Policy): Promise<void> {
    const { name } = policy.spec;
    this.#modelNames.push(name);
    const count = this.#episodes.length;
    for (const [i, episode] of [...this.#episodes].entries()) {
      this.#onProgress(`${name}: ${episode.bag} (${i + 1} of ${count})`);
      const isUsable = await this.#attempt(episode.bag, async () => {
        episode.models.push(await ofModel(policy, episode, this.#arm, this.#options));
      });
      if (!isUsable) this.#episodes = this.#episodes.filter((one) => one !== episode);
    }
  }

  /** @throws Error if there is no episode */
  report(modelFolders: readonly string[]): OpenLoopReport {
    if (this.#episodes.length === 0) {
      throw new Error(this.#skipped.map(({ reason }) => reason).join('\n'));
    }
    const { settings } = this.#options;
    const overall = this.#modelNames.map((_, model) => {
      const total = new OpenLoopErrors(this.#arm.embodiment.tickSec, settings.delayTicks);
      for (const { models } of this.#episodes) total.merge(models[model]!.errors);
      return total.figures();
    });
    const modelNames = distinctNames(this.#modelNames);
    return { modelNames, modelFolders, episodes: this.#episodes, overall, skipped: this.#skipped };
  }

  async #attempt(bag: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#skipped.push({ bag, reason: error.message });
      return false;
    }
  }
}

async function recordedOf(
  bag: BagReader,
  arm: Arm,
  { namespace, remaps }: OpenLoopOptions,
): Promise<Recorded> {
  const motion = await readMotion(bag, { ...arm, namespace, remaps });
  const actions = new RecordedActions(motion, arm.embodiment.tickSec);
  const facts = readEpisodeFacts(bag.path);
  return { bag: bag.path, ...facts, source: actions.source, motion, actions };
}

async function ofModel(
  policy: Policy,
  { bag, motion, actions }: Recorded,
  arm: Arm,
  options: OpenLoopOptions,
): Promise<EpisodeOfModel> {
  const { tickSec } = arm.embodiment;
  const errors = new OpenLoopErrors(tickSec, options.settings.delayTicks);
  const prediction = await withBag(bag, (open) =>
    predictEpisode(open, policy, { ...arm, ...options }),
  );
  // Before the arm was told anything there is nothing to compare with.
  const fromNs = (actions.startNs ?? 0n) - BigInt(Math.round((tickSec / 2) * 1e9));
  const recordedAt = (timeNs: bigint) => (timeNs < fromNs ? undefined : actions.at(timeNs));
  const compared = prediction.chunks
    .map((chunk) => errors.add(chunk, recordedAt))
    .filter((pair): pair is ComparedAction => pair !== undefined);
  const commands = compareCommands(prediction.commands, motion.commandedJoints, arm.embodiment);
  return { prediction, errors, compared, commands };
}

/** Two models of one name are told apart by a letter. */
function distinctNames(names: readonly string[]): string[] {
  const isSame = names.length > 1 && names[0] === names[1];
  return names.map((name, i) => (isSame ? `${name} ${'AB'[i]}` : name));
}

async function withBag<T>(path: string, work: (bag: BagReader) => Promise<T>): Promise<T> {
  const bag = await openBag(path);
  try {
    return await work(bag);
  } finally {
    await bag.close();
  }
}

async function withPolicy<T>(
  folder: string,
  options: Pick<OpenPolicyOptions, 'embodiment' | 'noiseSeed' | 'url'>,
  work: (policy: Policy) => Promise<T>,
): Promise<T> {
  const policy = await openPolicy(folder, { ...options, isolation: 'none' });
  try {
    return await work(policy);
  } finally {
    await policy.close();
  }
}

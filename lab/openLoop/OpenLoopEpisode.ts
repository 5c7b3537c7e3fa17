import type { EpisodeFacts } from '../../adapters/bags/readEpisodeFacts.ts';
import type { ActionSource } from '../../core/replay/RecordedActions.ts';
import type {
  ComparedAction,
  OpenLoopErrors,
  OpenLoopFigures,
} from '../../core/replay/OpenLoopErrors.ts';
import type { Prediction } from './predictEpisode.ts';

/** How far commands of a replay are from those that were recorded: rad, and m of the gripper. */
export type CommandErrors = {
  readonly compared: number;
  readonly joints: readonly {
    readonly name: string;
    readonly mean: number;
    readonly largest: number;
  }[];
};

/** One model on one episode. */
export type EpisodeOfModel = {
  readonly prediction: Prediction;
  readonly errors: OpenLoopErrors;
  readonly compared: readonly ComparedAction[];
  /** Undefined where no commands were recorded. */
  readonly commands: CommandErrors | undefined;
};

/** What was recorded, and each model's answer to it. */
export type OpenLoopEpisode = {
  readonly bag: string;
  readonly success: EpisodeFacts['success'];
  readonly notes: string;
  readonly source: ActionSource;
  readonly models: readonly EpisodeOfModel[];
};

export type OpenLoopReport = {
  readonly modelNames: readonly string[];
  readonly modelFolders: readonly string[];
  readonly episodes: readonly OpenLoopEpisode[];
  /** Over all episodes, for each model. */
  readonly overall: readonly OpenLoopFigures[];
  /** Bags that could not be used, with the reason. */
  readonly skipped: readonly { readonly bag: string; readonly reason: string }[];
};

/** What teaches the planner before actions do. */
export type Pretraining = 'spatial' | 'naming' | 'none';

/**
 * One way to train the miniature. All have the same networks, episodes, frames for the planner and
 * numbers of training steps, and each has the learning rate that suits it best.
 */
export type Condition = {
  readonly name: string;
  readonly title: string;
  readonly pretraining: Pretraining;
  /** The spatial answer has a loss of its own beside the actions'. */
  readonly guided: boolean;
};

/** After the paper's comparisons (arXiv 2602.10109); vanilla ones first, the whole recipe last. */
export const CONDITIONS: readonly Condition[] = [
  {
    name: 'vanilla',
    title: 'vanilla, from scratch',
    pretraining: 'none',
    guided: false,
  },
  {
    name: 'vanilla-named',
    title: 'vanilla, planner knows names',
    pretraining: 'naming',
    guided: false,
  },
  {
    name: 'pretrained',
    title: 'grounding pre-training only',
    pretraining: 'spatial',
    guided: false,
  },
  {
    name: 'cotrained',
    title: 'spatial co-training only',
    pretraining: 'none',
    guided: true,
  },
  {
    name: 'full',
    title: 'both: spatially guided training',
    pretraining: 'spatial',
    guided: true,
  },
];

export const FULL = CONDITIONS.at(-1)!;

/** It is told no place, in neither stage. */
export const isVanilla = ({ pretraining, guided }: Condition): boolean =>
  pretraining !== 'spatial' && !guided;

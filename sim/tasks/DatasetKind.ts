/** Single pictures with labels, or episodes of actions. */
export type DatasetKind = 'static' | 'episodes';

/** Instructions that follow one another in an episode. */
export type InstructionCount = 1 | 2;

/** What a planner that answers in words can be asked for. */
export const ANSWER_KINDS = ['boxes', 'points', 'trajectory'] as const;

export type AnswerKind = (typeof ANSWER_KINDS)[number];

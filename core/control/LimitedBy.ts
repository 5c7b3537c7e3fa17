/** The bounds that shorten a step. */
export type LimitedBy = {
  readonly position: boolean;
  readonly velocity: boolean;
  readonly acceleration: boolean;
  readonly jerk: boolean;
};

/** The same while a step is computed, in which each bound notes itself. */
export type NotedLimits = { -readonly [Name in keyof LimitedBy]: boolean };

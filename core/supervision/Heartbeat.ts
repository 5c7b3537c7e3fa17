/** A node's word that it is alive. */
export type Heartbeat = {
  /** Full name, e.g. `/arm1/policy`. */
  readonly node: string;
  /** Where the process id is valid. */
  readonly host: string;
  readonly pid: number;
  /** Until the next one. */
  readonly periodSec: number;
  /** The last one: the process ends as it was told to. */
  readonly isLeaving: boolean;
};

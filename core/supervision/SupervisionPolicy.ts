/** When a watched node counts as silent or failed, and how often it is restarted. */
export type SupervisionPolicy = {
  /** Between two heartbeats of a node; one that says otherwise is not believed. */
  readonly periodSec: number;
  /** Heartbeats that may be missed before a node counts as silent. */
  readonly missedBeats: number;
  /** How long a node may take until its first heartbeat, at the beginning and after an end. */
  readonly startSec: number;
  /** More failures than this within `windowSec` are not answered by another restart. */
  readonly maxRestarts: number;
  readonly windowSec: number;
};

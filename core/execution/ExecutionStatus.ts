/** What the controller is doing; the value order is that of the ROS message's constants. */
export const EXECUTION_STATUSES = [
  'RUNNING',
  'HOLD_STALE',
  'HOLD_STARVED',
  'LIMITED',
  'STOPPED',
  'FAULT',
] as const;

export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** A limit that changed what an action asked for; the names of `ExecutionState.limits_active`. */
export type LimitName =
  | 'workspace'
  | 'step_size'
  | 'ik'
  | 'singularity'
  | 'self_collision'
  | 'table_collision'
  | 'joint_position'
  | 'joint_velocity'
  | 'joint_acceleration'
  | 'joint_jerk';

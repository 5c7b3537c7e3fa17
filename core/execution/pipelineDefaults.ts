/** Largest age of a plan that the expert acts on, seconds. */
export const MAX_PLAN_AGE_SEC = 3;

/** Largest difference in time between a picture and the joint state beside it, seconds. */
export const MAX_JOINT_SKEW_SEC = 0.05;

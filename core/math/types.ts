/** A vector or point, metres unless the name says otherwise. */
export type Vec3 = readonly [x: number, y: number, z: number];

/** A unit quaternion in ROS order. */
export type Quat = readonly [x: number, y: number, z: number, w: number];

/** A rigid transform; `aFromB` maps coordinates of frame b into frame a. */
export type Pose = { readonly position: Vec3; readonly orientation: Quat };

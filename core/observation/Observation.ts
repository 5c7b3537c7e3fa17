import type { Pose } from '../math/types.ts';

/** 8-bit RGB pixels, row-major, no padding: `data.length === width * height * 3`. */
export type RgbImage = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
};

/** One camera's picture at the model's input size. */
export type View = {
  readonly name: string;
  readonly image: RgbImage;
  readonly stampNs: bigint;
};

/** Joint readings by name; positions rad (m for prismatic joints), velocities rad/s (m/s). */
export type JointSample = {
  readonly stampNs: bigint;
  readonly names: readonly string[];
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
};

/** Time-aligned images and proprioception: what a policy sees at one instant. */
export type Observation = {
  readonly id: bigint;
  /** Stamp of the primary (first) view. */
  readonly stampNs: bigint;
  readonly views: readonly View[];
  readonly joints: JointSample;
  readonly baseFromEe: Pose;
  /** 0 closed, 1 open. */
  readonly gripperOpening: number;
};

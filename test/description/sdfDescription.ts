import type { Pose } from '../../core/math/types.ts';

/** What describe_sdf.cpp prints. */
export type SdfDescription = {
  readonly models: Readonly<Record<string, SdfModel>>;
  readonly world: { readonly plugins: readonly SdfPlugin[] };
};

export type SdfModel = {
  readonly static: boolean;
  readonly pose: Pose;
  readonly links: Readonly<Record<string, SdfLink>>;
  readonly frames: Readonly<Record<string, { readonly pose: Pose }>>;
  readonly joints: Readonly<Record<string, SdfJoint>>;
  readonly plugins: readonly SdfPlugin[];
};

export type SdfLink = {
  /** In the model, at joint positions zero. */
  readonly pose: Pose;
  readonly mass: number;
  readonly com: Pose;
  /** xx, yy, zz, xy, xz, yz */
  readonly inertia: readonly number[];
  readonly visuals: number;
  readonly collisions: number;
  readonly sensors: readonly Readonly<Record<string, string | number>>[];
};

export type SdfJoint = {
  /** As libsdformat numbers them: 3 fixed, 5 prismatic, 6 revolute. */
  readonly type: number;
  readonly parent: string;
  readonly child: string;
  readonly axis?: readonly number[];
  readonly lower?: number;
  readonly upper?: number;
  readonly effort?: number;
  readonly velocity?: number;
  readonly damping?: number;
  readonly friction?: number;
};

/** Its file, its class, and its parameters as text. */
export type SdfPlugin = Readonly<Record<string, string>> & {
  readonly filename: string;
  readonly name: string;
};

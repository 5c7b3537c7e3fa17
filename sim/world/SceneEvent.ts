import type { Vec3 } from '../../core/math/types.ts';

/** Something that happens at the beginning of a tick of the episode. */
export type SceneEvent =
  /** A hand puts an object somewhere else on what it stands on. */
  | {
      readonly kind: 'move';
      readonly atTick: number;
      readonly object: number;
      readonly x: number;
      readonly y: number;
      readonly yawRad: number;
    }
  /** Someone pushes the arm at its gripper for some ticks; newtons in base axes. */
  | {
      readonly kind: 'push';
      readonly atTick: number;
      readonly forTicks: number;
      readonly forceN: Vec3;
    };

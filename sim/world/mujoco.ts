import type { MainModule, MjData, MjModel } from '@mujoco/mujoco';
import loadMujoco from '@mujoco/mujoco';

export type { MjData, MjModel };
export type Mujoco = MainModule;

let loading: Promise<Mujoco> | undefined;

/** The WebAssembly build of MuJoCo; loaded once a process. */
export function mujoco(): Promise<Mujoco> {
  loading ??= loadMujoco();
  return loading;
}

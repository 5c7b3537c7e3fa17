import type { Scene } from '../world/Scene.ts';

/** A task of a suite: for each seed a scene, always the same one. */
export type SuiteTask = {
  readonly name: string;
  scene(seed: bigint): Scene;
};

/** A set of tasks by which a policy is judged. */
export type Suite = {
  readonly name: string;
  /** One line of help. */
  readonly summary: string;
  /** By the name of the arm; an arm that is not there has none. */
  readonly tasks: Readonly<Record<string, readonly SuiteTask[]>>;
};

/** The entry whose turn it is: with successive seeds all come equally often. */
export function inTurn<T>(list: readonly T[], seed: bigint): T {
  return list[Number(seed % BigInt(list.length))]!;
}
